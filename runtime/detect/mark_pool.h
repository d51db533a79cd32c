/* What one marker has too much of and another could do: chunks of blocks that wait to be scanned.
 *
 *   marker's stack ──give──▶ chunks ──take──▶ another's stack        idle == markers: all is done
 *
 * The first marker is the verdict's own thread: it alone hears that all is done, and comes and
 * goes. The others take until the pool is ended. World stopped. Needs base; used by detect/mark.c.
 */
#ifndef CSAN_DETECT_MARK_POOL_H
#define CSAN_DETECT_MARK_POOL_H

#include "base/base.h"

#define MARK_CHUNK ((size_t)256)
#define MARK_POOL_ROOM 16u

struct mark_pool {
    uint32_t lock;  /* 1: held, for a few instructions */
    uint32_t event; /* changes when somebody who waits may have reason to look */
    uint32_t sleepers;
    uint32_t markers, idle, nchunks;
    bool ended;
    uintptr_t chunks[MARK_POOL_ROOM][MARK_CHUNK];
};

static CSAN_ALWAYS_INLINE bool csan__mark_pool_wants(const struct mark_pool *p)
{
    return __atomic_load_n(&p->nchunks, __ATOMIC_RELAXED) <
           __atomic_load_n(&p->idle, __ATOMIC_RELAXED) + 1;
}

/* MARK_CHUNK entries. False: there is no room. */
bool csan__mark_pool_give(struct mark_pool *p, const uintptr_t *entries);
/* Waits for a chunk. False: for the first marker, all is done; for another, the pool has ended. */
bool csan__mark_pool_take(struct mark_pool *p, bool is_first, uintptr_t *entries);
/* One more marker, not idle: before it begins. */
void csan__mark_pool_add(struct mark_pool *p);
/* The first marker has work again. */
void csan__mark_pool_resume(struct mark_pool *p);
void csan__mark_pool_end(struct mark_pool *p);

#endif
