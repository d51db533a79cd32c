/* A lock of csan's own: a futex word, never a pthread mutex (those are what csan watches).
 *
 * Never held while the program's code runs. A thread may take locks only in the order of enum
 * lock_rank, ascending. fork takes all of them (session/fork.c). */
#ifndef CSAN_BASE_LOCK_H
#define CSAN_BASE_LOCK_H

#include "base/base.h"

enum lock_rank {
    LOCK_SESSION, /* one verdict at a time */
    LOCK_TICK,    /* the watchdog is among the detectors, or a verdict is */
    LOCK_WORLD,   /* stopping the threads */
    LOCK_STARTED, /* threads the program has started */
    LOCK_ORDER,   /* which lock was taken inside which */
    LOCK_MISUSE,  /* locks that were misused */
    LOCK_NAMES,   /* names that the program gave */
    LOCK_BADFREE, /* frees that were wrong */
    LOCK_SHARE,   /* which buffers are published or lent */
    LOCK_BORROW,  /* the shares of one of them */
    LOCK_OFFENCE, /* what was done wrong with them */
    LOCK_COLOUR,  /* which colours are mapped */
    LOCK_THREADS, /* list of thread records */
    LOCK_MODULES, /* table of loaded modules */
    LOCK_STACKS,  /* depot growth */
    LOCK_BLOCKS,  /* large blocks */
    LOCK_RULES,   /* unwinding rules that do not fit the hot table */
    LOCK_ROOTS,   /* roots the program has added */
    LOCK_LABELS,  /* texts of threads' labels */
    LOCK_ARENA,
    LOCK_RANKS
};

struct lock {
    uint32_t word; /* 0 free, 1 held, 2 held with waiters */
    enum lock_rank rank;
    uint32_t known; /* in the list that fork goes through */
    struct lock *next;
};

#define LOCK_INIT(r)                                                                               \
    {                                                                                              \
        .word = 0, .rank = (r)                                                                     \
    }

void csan__lock_take(struct lock *l);
/* False: it was not to be had for so long. A signal may end the waiting early. */
bool csan__lock_take_for(struct lock *l, uint64_t ns);
bool csan__lock_try(struct lock *l);
void csan__lock_give(struct lock *l);
/* For what is held for less than a system call takes, again and again (LOCK_BORROW): given back
 * without an atomic operation. Who has begun to wait at that very moment looks again by itself,
 * within BRIEF_NS. */
#define BRIEF_NS 1000000u
static CSAN_ALWAYS_INLINE void csan__lock_take_brief(struct lock *l)
{
    uint32_t free_word = 0;
    if (CSAN_UNLIKELY(!__atomic_load_n(&l->known, __ATOMIC_RELAXED)) ||
        CSAN_UNLIKELY(!__atomic_compare_exchange_n(&l->word, &free_word, 1, false, __ATOMIC_ACQUIRE,
                                                   __ATOMIC_RELAXED)))
        csan__lock_take(l);
}
static CSAN_ALWAYS_INLINE void csan__lock_give_brief(struct lock *l)
{
    if (CSAN_LIKELY(__atomic_load_n(&l->word, __ATOMIC_RELAXED) == 1))
        __atomic_store_n(&l->word, 0, __ATOMIC_RELEASE);
    else
        csan__lock_give(l);
}
/* Around fork: every lock that was ever taken, in the order of the ranks. In the child the holder
 * is the one thread there is, so giving them back there is right as well. */
void csan__lock_take_all(void);
void csan__lock_give_all(void);

#endif
