/* Call frame information: what .eh_frame says of one address, as a row of rules.
 *
 *   pc → _dl_find_object, else the module list → .eh_frame_hdr → FDE → CIE + FDE run → struct
 * cfi_row (no header: an index that is made here)
 *
 * Rules tell how the caller's registers are found from this frame's. Nothing is kept: rows are the
 * caller's, expressions are pointed to in the module's .eh_frame. Damaged information is
 * -EINVAL, never a crash; reading is bounded by the module's mapped range.
 * Source: DWARF 5, section 6.4; Linux Standard Base, chapter 10.6.
 * Thread- and signal-safe; takes no lock. Needs base, record/module; used by record/unwind_*. */
#ifndef CSAN_RECORD_CFI_H
#define CSAN_RECORD_CFI_H

#include "base/base.h"

/* DWARF's register numbers on x86-64. */
enum { CFI_RBX = 3, CFI_RBP = 6, CFI_RSP = 7, CFI_RIP = 16, CFI_REGS = 17 };

enum cfi_how {
    CFI_SAME,          /* the caller's value is this frame's */
    CFI_UNDEFINED,     /* lost; of rip: this is the outermost frame */
    CFI_AT_CFA,        /* stored at CFA + offset */
    CFI_IS_CFA,        /* is CFA + offset */
    CFI_REGISTER,      /* is in register reg (+ offset, of the CFA's rule) */
    CFI_AT_EXPRESSION, /* stored where the expression says */
    CFI_IS_EXPRESSION  /* is what the expression says */
};

struct cfi_rule {
    uint8_t how, reg;
    uint16_t bytes; /* of the expression */
    int32_t offset; /* or where the expression is, from the row's `expressions` on */
};

struct cfi_row {
    uintptr_t function_start, function_end;
    const uint8_t *expressions;
    bool signal_frame; /* the caller was interrupted, it did not call */
    struct cfi_rule cfa;
    struct cfi_rule regs[CFI_REGS];
};

/* The row in force at pc (of a call: an address inside the call instruction).
 * -ENOENT: no information there; -EINVAL: it is damaged or of an unknown kind. */
int csan__cfi_find(uintptr_t pc, struct cfi_row *row);

/* What an expression may look at. */
struct cfi_view {
    const uintptr_t *regs;
    uint32_t known; /* bit n: regs[n] may be used */
    /* One little-endian value of 1 to 8 bytes; false: unreadable. NULL: no memory may be used. */
    bool (*read)(void *arg, uintptr_t at, unsigned bytes, uintptr_t *value);
    void *arg;
};

/* Runs the expression of one of row's rules; `push` (may be NULL) is on its stack at the start. 0,
 * or -EINVAL. */
int csan__cfi_evaluate(const struct cfi_row *row, const struct cfi_rule *rule,
                       const struct cfi_view *view, const uintptr_t *push, uintptr_t *result);

/* Where a module's information is, made once a module by record/module. */
struct cfi_table {
    uintptr_t lo, hi;     /* mapped range: no read goes beyond it */
    uintptr_t base;       /* what the pairs are relative to */
    const int32_t *pairs; /* (function, FDE), ascending; NULL: none */
    size_t count;
};

/* Reads .eh_frame_hdr. 0, -ENOENT (it has no table), -EINVAL. */
int csan__cfi_open_header(uintptr_t header, uintptr_t lo, uintptr_t hi, struct cfi_table *out);
/* Makes the table that a module without .eh_frame_hdr lacks (-static), in the arena.
 * 0, -ENOMEM or -EINVAL. */
int csan__cfi_index(uintptr_t eh_frame, size_t bytes, uintptr_t lo, uintptr_t hi,
                    struct cfi_table *out);

/* True: csan__cfi_find knows every module that the loader knows (_dl_find_object); false: those of
 * the last csan__module_refresh. */
bool csan__cfi_asks_loader(void);
/* csan__cfi_find in one table. */
int csan__cfi_find_in(const struct cfi_table *table, uintptr_t pc, struct cfi_row *row);

/* What the loader has at pc: where it begins, and its path ("" for the program). False: nothing, or
 * the loader cannot be asked. */
struct cfi_object {
    const void *start;
    const char *path;
};
bool csan__cfi_object(uintptr_t pc, struct cfi_object *out);
/* Test seam: false: do as with a glibc before 2.35, which has no _dl_find_object. */
void csan__cfi_use_find_object(bool use);

#endif
