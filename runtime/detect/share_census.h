/* The census: who still points into buffers that are gone.
 *
 *   items ENDED, SPARE, GONE ── sorted ──▶ csan__pointers_find ──▶ hits ──▶ by item, by borrower
 *
 * A pointer in a global, in live heap or in a thread-local is a finding; on a stack, in a register,
 * a jmp_buf or an alternate stack it is a note. One pointer to a spare buffer is the pool's own.
 * Nothing is looked at when nothing is gone. World stopped. Needs pointers, share_fault. */
#ifndef CSAN_DETECT_SHARE_CENSUS_H
#define CSAN_DETECT_SHARE_CENSUS_H

#include "record/finding.h"
#include "record/world.h"

/* Of buffers that have gone since that epoch and were not told of. 0 or -ENOMEM. */
int csan__share_census(uint32_t since, const struct world *w, struct findings *out);
/* These are not to be found again. */
void csan__share_census_reported(const struct findings *f);

#endif
