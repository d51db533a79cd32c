/* What the files of a thread's record of locks and waits share with each other and with nobody
 * else.
 *
 *   sync.c        the record itself: made, read by others, emptied
 *   sync_held.c   what a thread holds          sync_wait.c   what it waits for
 *   sync_lock.c   what is known of a lock by its address, whoever holds it
 *
 * All but csan__sync_find_holder is called by the record's own thread. Needs sync.h. */
#ifndef CSAN_RECORD_SYNC_PRIVATE_H
#define CSAN_RECORD_SYNC_PRIVATE_H

#include "record/sync.h"

/* --- sync.c */
/* A new record, or that of a dead thread, emptied; NULL: no memory. */
CSAN_COLD struct sync *csan__sync_begin_self(struct thread *t);
/* As csan__sync_holder; of the newest `asked` threads. */
bool csan__sync_find_holder(uintptr_t object, int *tid, struct held *out, uint32_t asked);
extern bool csan__sync_hold_is_wanted;

static CSAN_ALWAYS_INLINE struct sync *csan__sync_of(struct thread *t)
{
    struct sync *s = t->sync;
    return CSAN_LIKELY(s != NULL && s->tid == t->tid) ? s : csan__sync_begin_self(t);
}

/* --- sync_held.c */
/* What other threads unlocked is held no more. */
CSAN_COLD void csan__sync_drop_disowned(struct sync *s);
/* The thread that had this record has ended: what it held is told. */
void csan__sync_tell_left(struct thread *t, const struct sync *s);

/* --- sync_wait.c */
CSAN_COLD void csan__sync_drop_left_wait(struct thread *t, struct sync *s, const struct regs *at);

/* The record is as the thread's own doing left it. */
static CSAN_ALWAYS_INLINE void csan__sync_settle(struct thread *t, struct sync *s,
                                                 const struct regs *at)
{
    if (CSAN_UNLIKELY(s->unsettled))
        csan__sync_drop_left_wait(t, s, at);
    if (CSAN_UNLIKELY(__atomic_load_n(&s->ndisowned, __ATOMIC_RELAXED)))
        csan__sync_drop_disowned(s);
}

/* --- sync_lock.c */
/* Locks that somebody had to wait for, by a hash of their address (others may share it): how many
 * takings are to be looked at closely from now on. A stack costs what a pair of lock and unlock
 * does three times over: where waits are rare, so are stacks. */
#define FOUGHT_BITS 15
extern uint8_t csan__sync_fought[1u << FOUGHT_BITS];

static CSAN_ALWAYS_INLINE uint8_t *csan__sync_fought_at(uintptr_t object)
{
    return &csan__sync_fought[(object * 0x9e3779b97f4a7c15u) >> (64 - FOUGHT_BITS)];
}

static CSAN_ALWAYS_INLINE bool csan__sync_is_fought(uintptr_t object)
{
    return __atomic_load_n(csan__sync_fought_at(object), __ATOMIC_RELAXED) != 0;
}

/* A lock's first takings are looked at closely too: of one that nobody waited for yet the whole
 * stack is known then, as long as it was not taken often. */
#define YOUNG 16u

static CSAN_ALWAYS_INLINE bool csan__sync_is_young(uintptr_t object)
{
    const struct sync_quick *quick = csan__sync_quick_at(object);
    uintptr_t is = __atomic_load_n(&quick->object, __ATOMIC_RELAXED);
    return !is || ((is & ~(uintptr_t)SYNC_NOT_QUICK) == object &&
                   __atomic_load_n(&quick->taken, __ATOMIC_RELAXED) < YOUNG);
}

/* Somebody waits for it. */
void csan__sync_note_fought(uintptr_t object);
/* One taking less to look at; two threads that count at once count one. */
void csan__sync_note_peace(uintptr_t object);
/* A lock that is not in its slot, or young, or fought over: it was taken. */
void csan__sync_note_seen(uintptr_t object, enum sync_kind kind);
/* Has a lock been seen there? A maybe of many pages at once. */
bool csan__sync_may_hold_pages(uintptr_t start, size_t bytes);

#endif
