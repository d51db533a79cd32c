/* Who lends: a cache or a pool, by the name that the program gave it; what it holds, may hold, and
 * has held when rounds ended.
 *
 * Owners are there for good. The list of them is read and added to without a lock; the counts are
 * the registry's (LOCK_SHARE). Needs base, block. */
#ifndef CSAN_RECORD_SHARE_OWNER_H
#define CSAN_RECORD_SHARE_OWNER_H

#include "base/base.h"

#include <stddef.h>

/* What a cache held, or a pool had, when a round ended. */
#define SHARE_ROUNDS 12u /* the last ones, which are kept */
struct share_level {
    uint64_t bytes, entries;
    uint32_t epoch;
};

/* A cache or a pool, for good. */
#define SHARE_NAME_MAX 64u
struct share_owner {
    bool is_pool;
    bool is_over; /* the limits, since `over_stack` */
    unsigned flags;
    size_t bytes_max, entries_max; /* 0: no limit; of a pool: bytes_max is the capacity's */
    size_t bytes, entries;         /* cached now; of a pool: when the last round ended */
    size_t one_size;               /* of a pool's first buffer */
    uint32_t over_stack;
    uint32_t given;        /* give_backs so far */
    uint32_t filled_stack; /* of the last publish; of a pool: when a buffer came, or had grown */
    uint32_t rounds;       /* that have ended; the last of them are in levels[n % SHARE_ROUNDS] */
    uint32_t told_epoch;   /* when its growth was told of; 0: it was not */
    struct share_level levels[SHARE_ROUNDS];
    struct share_owner *next;
    char name[SHARE_NAME_MAX];
};

/* NULL: no memory. The name is copied, and cut. */
struct share_owner *csan__share_owner_add(const char *name, bool is_pool);
/* The one of that name that was added first, or a new one. */
struct share_owner *csan__share_owner_named(const char *name);
/* p, when it is one of those; NULL otherwise. */
struct share_owner *csan__share_owner_of(void *p, bool is_pool);
struct share_owner *csan__share_owners(void);
/* A round has ended: what each cache holds now, and what each pool has, on loan or spare, in blocks
 * of the heap. World stopped. */
void csan__share_round(void);

#endif
