/* Reading stack memory that may not be there.
 *
 *   in->lo ······ sp ─────────────── in->hi ┊ next page ┊ …
 *                 lo                 hi ──▶ grows by a page that was tried first
 *
 * Reads in the window [lo, hi) are plain loads. It begins where the walk is: on the thread's own
 * stack it reaches to the stack's end (below sp even that stack may not be mapped yet), elsewhere
 * it is empty. A read just above it lets it grow by a page; any other goes through the kernel. One
 * struct peek a walk, on the walker's stack. Needs base/os; used by unwind_*. */
#ifndef CSAN_RECORD_PEEK_H
#define CSAN_RECORD_PEEK_H

#include "base/base.h"
#include "record/unwind.h"

struct peek {
    uintptr_t lo, hi;       /* multiples of 8 */
    struct stack_bounds in; /* what the caller says */
};

void csan__peek_open(struct peek *p, const struct stack_bounds *in, uintptr_t sp);
/* The walk goes on at sp, which need not be above where it was. */
void csan__peek_move(struct peek *p, uintptr_t sp);
/* A value of 1 to 8 bytes; false: unreadable. */
bool csan__peek_value(struct peek *p, uintptr_t at, unsigned bytes, uintptr_t *value);

static inline bool csan__peek_word(struct peek *p, uintptr_t at, uintptr_t *value)
{
    if (CSAN_LIKELY(at >= p->lo && at < p->hi && (at & 7) == 0)) {
        *value = *(const uintptr_t *)at;
        return true;
    }
    return csan__peek_value(p, at, 8, value);
}

#endif
