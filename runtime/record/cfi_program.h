/* The program of a function's entry: instructions that make the row of rules for each address.
 *
 * No state; the row is the caller's. Source: DWARF 5, 6.4.2. Private to record/cfi*. */
#ifndef CSAN_RECORD_CFI_PROGRAM_H
#define CSAN_RECORD_CFI_PROGRAM_H

#include "record/cfi.h"
#include "record/cfi_entry.h"

/* The row at pc, which the entry covers; its expressions are told from `base` on. 0 or -EINVAL. */
int csan__cfi_run(const struct cfi_fde *fde, uintptr_t base, uintptr_t pc, struct cfi_row *out);

#endif
