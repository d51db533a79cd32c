/* How much has passed through each stack so far: a count and an amount, for profiles.
 *
 *   stack id ──▶ chunk of 4096 ──▶ {count, amount}      a chunk is made at its first use
 *
 * Off until somebody wants profiles (csan__volume_want): then each allocation and each wait adds to
 * its stack, by atomic operations. Totals of before are not known. Thread- and signal-safe, no
 * lock. Out of memory: what finds no chunk is counted as lost. Needs base; used by record/block and
 * by session/profile. */
#ifndef CSAN_RECORD_VOLUME_H
#define CSAN_RECORD_VOLUME_H

#include "base/base.h"

#define VOLUME_WAYS 10u /* SYNC_JOIN and what is before it in enum sync_kind, by that number */
#define VOLUME_LOCKS 5u /* SYNC_SPIN and what is before it */
enum volume_kind {
    VOLUME_ALLOCATED, /* blocks and bytes, by the stack that asked for them */
    VOLUME_LIVE,      /* live blocks and bytes: counted anew for each profile */
    VOLUME_STANDING,  /* threads, by where they are: likewise */
    VOLUME_BLOCKED,   /* waits and ns, by the stack that waited: one a way to wait */
    VOLUME_MUTEX = VOLUME_BLOCKED + VOLUME_WAYS, /* by the stack that had taken the lock: one a way
                                                    to want it */
    VOLUME_MUTEX_OPEN = VOLUME_MUTEX + VOLUME_LOCKS, /* the same, where that is not known: by the
                                                        stack that waited */
    VOLUME_KINDS = VOLUME_MUTEX_OPEN + VOLUME_LOCKS
};

struct volume {
    uint64_t count, amount;
};

extern bool csan__volume_is_wanted;

void csan__volume_want(void);
void csan__volume_add(enum volume_kind kind, uint32_t stack, uint64_t amount);
struct volume csan__volume_of(enum volume_kind kind, uint32_t stack);
uint64_t csan__volume_lost(void);               /* additions that found no memory */
void csan__volume_reset(enum volume_kind kind); /* to 0 */
/* The next stack after this one (0: the first) that has a total of one of the kinds, of which each
 * is a bit; 0: there is none. */
uint32_t csan__volume_next(uint32_t kinds, uint32_t stack);

#endif
