/* Reading stack memory that may not be there.
 *
 *   in->lo ······ sp ─────────────── in->hi        reads in [lo, hi) = [sp, in->hi) are plain loads,
 *                 lo                 hi            all others go through the kernel, a chunk at once
 *
 * Below sp even a thread's own stack may not be mapped yet; above it, up to its end, it is.
 * One struct peek a walk, on the walker's stack. Needs base/os; used by unwind_*. */
#ifndef CSAN_RECORD_PEEK_H
#define CSAN_RECORD_PEEK_H

#include "base/base.h"
#include "record/unwind.h"

#define PEEK_CHUNK ((size_t)512) /* aligned to itself, so it never crosses a page */

struct peek {
    uintptr_t lo, hi;       /* plain loads here; multiples of 8; equal: nowhere */
    struct stack_bounds in; /* what the caller says */
    uintptr_t chunk_at;     /* address of what chunk holds; 0: nothing */
    size_t chunk_bytes;
    uint8_t chunk[PEEK_CHUNK];
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
