/* The census: who still points into buffers that are gone.
 *
 *   open ──▶ meet(each item) ──▶ ENDED, SPARE, GONE ── sorted ──▶ csan__pointers_find ──▶ hits
 *                                                                   share_escape: findings ◀──┘
 *
 * A pointer in a global, in live heap or in a thread-local is a finding; on a stack, in a register,
 * a jmp_buf or an alternate stack it is a note. One pointer to a spare buffer is the pool's own.
 * Nothing is looked at when nothing is gone. World stopped. Whether the address of a buffer that
 * was freed is another's by now is asked when something points there. Needs pointers, share_escape.
 */
#ifndef CSAN_DETECT_SHARE_CENSUS_H
#define CSAN_DETECT_SHARE_CENSUS_H

#include "record/finding.h"
#include "record/share.h"
#include "record/world.h"

#define SHARE_AWAY (SHARE_ENDED | SHARE_SPARE | SHARE_GONE)
struct census;
/* For buffers that have gone since that epoch and were not told of. NULL: no memory. */
struct census *csan__share_census_open(uint32_t since, const struct world *w, struct findings *out);
/* Each item there is. 0 or -ENOMEM. */
int csan__share_census_take(struct census *c, const struct share_item *i);
static CSAN_ALWAYS_INLINE int csan__share_census_meet(struct census *c, const struct share_item *i)
{
    bool is_of_interest = i->state & (SHARE_AWAY | SHARE_EXPECTED);
    return CSAN_UNLIKELY(is_of_interest) ? csan__share_census_take(c, i) : 0;
}
/* Looks for pointers to what was met. 0 or -ENOMEM. */
int csan__share_census(struct census *c);
/* These are not to be found again. */
void csan__share_census_reported(const struct findings *f);

#endif
