/* Who waits for whom: the threads that sleep for a lock or a join without a time-out, and what each
 * of them holds that another one of them sleeps for.
 *
 *   sleeper ──waits for──▶ object ◀──holds── sleeper ──waits for──▶ …
 *                          (items, hashed by object)
 *
 * A picture for one tick, in a scratch arena, taken without stopping anybody: an edge is there only
 * when the lock itself names its holder (owner, writer, number of readers as libc keeps them), so
 * that a record which is behind cannot make one. What timed waits and running threads hold is no
 * edge: it may be given back. Needs record/sync; used by detect/deadlock.c. */
#ifndef CSAN_DETECT_WAITS_FOR_H
#define CSAN_DETECT_WAITS_FOR_H

#include "base/arena.h"
#include "record/sync.h"

struct sleeper {
    struct thread *thread;
    int tid;
    uint32_t sequence;
    enum sync_kind kind;
    uintptr_t object;
    const char *call;
    uint32_t stack;
    uint64_t since_ns;
};

#define WAITS_FOR_NOTHING UINT32_MAX
struct waits_for_item {
    uintptr_t object;
    uint32_t sleeper;
    uint32_t next;    /* of the same bucket; WAITS_FOR_NOTHING: the last */
    struct held held; /* kind SYNC_JOIN: it is the sleeper itself, that others join; SYNC_NONE: it
                         waits to write, and comes before those that want to read */
};

struct waits_for {
    struct arena *scratch;
    struct sleeper *sleepers;
    uint32_t count, room;
    struct waits_for_item *items;
    uint32_t nitems, items_room;
    uint32_t *buckets, nbuckets;
    struct held *held;    /* room for one thread's */
    uintptr_t reads_of;   /* the rwlock last asked about, */
    bool reads_are_known; /* and the answer */
};

/* How many threads sleep so, and a number that changes when any of them moves: cheap. */
uint32_t csan__waits_for_count(uint64_t *signature);
/* 0, or -ENOMEM. */
int csan__waits_for_gather(struct waits_for *g, struct arena *scratch);
/* The next item that the sleeper waits for, after *at (WAITS_FOR_NOTHING at first); NULL: no more.
 */
const struct waits_for_item *csan__waits_for_next(struct waits_for *g, uint32_t sleeper,
                                                  uint32_t *at);
/* True when the kernel says that it sleeps on a futex, or does not tell. */
bool csan__waits_for_is_asleep(const struct sleeper *s);

#endif
