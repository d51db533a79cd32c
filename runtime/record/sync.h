/* Who holds what, and who waits for what: two small arrays in each thread's own record.
 *
 *   struct thread ──▶ struct sync ──▶ held[]     locks taken and not given back, oldest first
 *                               └───▶ wait       what the thread sleeps for now; kind 0: it runs
 *
 * Written by its own thread alone (but for `disowned`); read by others only with
 * csan__sync_snapshot (a sequence lock), or while the world is stopped. The path that does not
 * block writes one entry: object, return address, stack pointer. Clocks and stacks are taken only
 * by who must wait, and, while a lock has been fought over of late or is taken inside another, by
 * who takes it. No lock of csan's is held here. A wait that a signal handler left by siglongjmp is
 * dropped at the thread's next lock or wait. Needs base, record/thread, record/stack; used by hook/
 * (writes), detect/ (reads), session. */
#ifndef CSAN_RECORD_SYNC_H
#define CSAN_RECORD_SYNC_H

#include "base/base.h"
#include "record/thread.h"
#include "record/unwind.h"

enum sync_kind {
    SYNC_NONE,
    SYNC_MUTEX,
    SYNC_READ,  /* rwlock, shared */
    SYNC_WRITE, /* rwlock, exclusive */
    SYNC_SPIN,
    SYNC_COND,
    SYNC_BARRIER,
    SYNC_ONCE,
    SYNC_SEMAPHORE,
    SYNC_JOIN,
    SYNC_FUTEX,
    SYNC_IO, /* read, poll, accept …: what it waits for is outside the process */
    SYNC_SLEEP,
    SYNC_PROCESS, /* wait, waitpid */
    SYNC_KINDS
};

enum held_flags {
    HELD_ROBUST = 1,    /* to end while holding it is what it is for */
    HELD_INHERITED = 4, /* by a child, from before its fork: its parent gives it back */
    HELD_TRIED =
        2, /* by a trylock or with a time-out: who took it so would not have waited for ever */
};

/* One lock held. */
struct held {
    uintptr_t object;  /* address of the pthread object */
    uintptr_t pc;      /* return address of the call that took it */
    uintptr_t sp;      /* its stack pointer: the frame may still be there */
    uint32_t stack;    /* full stack, where it was worth taking; 0: pc alone */
    uint8_t kind;      /* enum sync_kind */
    uint8_t flags;     /* enum held_flags */
    uint16_t depth;    /* of a recursive mutex, or of read locks; from 1 */
    uint64_t since_ns; /* 0: not measured */
};

/* One sleep. */
struct waiting {
    uint32_t kind;    /* enum sync_kind; SYNC_NONE: the thread runs */
    bool timed;       /* ends by itself: never part of a deadlock */
    uintptr_t object; /* lock, condition, semaphore; pthread_t of a join; descriptor of I/O */
    const char *call; /* "pthread_mutex_lock": the function that the program called */
    uint32_t stack;
    int holder_tid; /* of a lock, as the wait began; 0: not known */
    uint64_t since_ns;
    uintptr_t sp, pc;   /* of the program's call: as it returns, and to where */
    struct held holder; /* the holder's entry; object == 0: not known */
};

#define SYNC_HELD_INLINE 8u
#define SYNC_DISOWNED 4u

struct sync {
    uint32_t sequence; /* odd: being written */
    uint32_t nheld, room;
    uint32_t ndisowned; /* written by others, atomically */
    uint32_t unsettled; /* asleep, or a dead thread's that is to be cleared: not the quick way */
    int tid; /* whose entries these are: when the record's is another, they are a dead thread's */
    struct held *held; /* inline_held, or in csan's arena when more are held */
    void *once;        /* hook/cond.c: the innermost call of pthread_once */
    struct waiting wait;
    struct held inline_held[SYNC_HELD_INLINE];
    uintptr_t disowned[SYNC_DISOWNED]; /* held here by the record, but another thread unlocked it */
};

/* This thread's, made on first use; NULL: no memory (the hook passes through). */
struct sync *csan__sync_self(struct thread *t);
/* A consistent copy of another thread's: false when it changed all the time. held points into
 * `room` (max entries; nheld is cut to it). Of a thread without any: nothing held, no wait. */
bool csan__sync_snapshot(const struct thread *t, struct sync *out, struct held *room, uint32_t max);

/* The hooks' words, in the order of a call's life. `at`: the hook's caller. */
/* Before the try: what is worth knowing is taken outside the lock. */
struct taking {
    uint32_t stack;    /* 0: not worth it, or not taken yet */
    uint8_t flags;     /* enum held_flags */
    uint64_t since_ns; /* 0: not measured */
};
struct taking csan__sync_taking(struct thread *t, uintptr_t object, const struct regs *at);
void csan__sync_took_as(struct thread *t, uintptr_t object, enum sync_kind kind,
                        const struct regs *at, const struct taking *as);
void csan__sync_took(struct thread *t, uintptr_t object, enum sync_kind kind,
                     const struct regs *at);
/* False: this thread does not hold it. *was (may be NULL) is the entry that went. */
bool csan__sync_gave(struct thread *t, uintptr_t object, struct held *was);
/* A condition's wait is over, or cancelled: the mutex is held again as it was. */
void csan__sync_took_back(struct thread *t, const struct held *was);
/* Another thread holds it by its record, and this one has just unlocked it. */
void csan__sync_disown(int holder_tid, uintptr_t object);

/* False: this thread sleeps already (this is a signal handler of its), or there is no memory; then
 * no wait_end follows. The frame that the real call is made from has every callee-saved register
 * of the program's on the stack: a thread is let sleep while its stack is read (session/stop.c). */
bool csan__sync_wait_begin(struct thread *t, enum sync_kind kind, uintptr_t object,
                           const char *call, bool timed, const struct regs *at);
/* The same, where libc tells who holds the lock. */
bool csan__sync_wait_for(struct thread *t, const struct waiting *what, const struct regs *at);
void csan__sync_wait_end(struct thread *t, bool got_it);
void csan__sync_forked(void); /* in the child: only the forking thread's entries are left */

/* What is known of a lock that some thread's record says it holds; false: nobody. Walks all
 * threads. tid: 0, or the one thread to look at. */
bool csan__sync_holder(uintptr_t object, int *tid, struct held *out);

/* A thread has unlocked a mutex that another holds. Who waits for such a mutex may be let go by
 * anybody, whoever holds it: forgotten when the mutex goes. Of too many, each may be one. */
void csan__sync_note_foreign(uintptr_t object);
bool csan__sync_may_be_foreign(uintptr_t object);

/* The object was destroyed, initialised anew (MISUSE is not told then: call NULL), or its memory is
 * about to be freed. */
void csan__sync_gone(struct thread *t, uintptr_t object, size_t bytes, const char *call);
void csan__sync_freed(struct thread *t, uintptr_t start, size_t bytes, const struct regs *at);
/* The mapping is about to go, with all that is in it. Who holds a lock there may go on holding it,
 * through another mapping of the same memory. */
void csan__sync_unmapped(struct thread *t, uintptr_t start, size_t bytes, const char *call);
/* Something here is to be forgotten when its memory goes. */
void csan__sync_watch(uintptr_t object);

/* --- where locks have been seen: one byte for 2 KiB of addresses, one bit for 256 B of them; other
 * pages share the byte, so that a set bit is a maybe. */
#define SYNC_PAGES (1u << 16)
extern uint8_t csan__sync_pages[SYNC_PAGES];

static CSAN_ALWAYS_INLINE uint8_t *csan__sync_page(uintptr_t at)
{
    return &csan__sync_pages[((at >> 11) * 0x9e3779b97f4a7c15u) >> 48];
}

/* Has a lock been seen in [start, start + bytes)? One load for a block within 2 KiB. */
static CSAN_ALWAYS_INLINE bool csan__sync_may_hold(uintptr_t start, size_t bytes)
{
    uintptr_t last = start + bytes - (bytes != 0);
    if (CSAN_UNLIKELY((start ^ last) >> 11))
        return true; /* csan__sync_freed looks closer */
    uint32_t from = (start >> 8) & 7, to = (last >> 8) & 7;
    return *csan__sync_page(start) & ((2u << to) - (1u << from));
}

/* --- the quick way: nothing else held, no wait, and the lock is known and was not fought over of
 * late: then its address stands in this table of guesses. Beside it: how often it was taken. Who
 * has just taken it alone counts, so that no two do at once; readers count where they are slow. */
#define SYNC_QUICK_BITS 12
#define SYNC_NOT_QUICK 1u            /* in an address: its count, but young, or fought over of late */
#define SYNC_TAKEN_SOME (1ull << 63) /* in a count: takings before it came here are missing */
struct sync_quick {
    uintptr_t object; /* 0: free */
    uint64_t taken;
};
extern struct sync_quick csan__sync_quick[1u << SYNC_QUICK_BITS];

/* How often this lock was taken since it was made; 0: not known. SYNC_TAKEN_SOME: or more. */
uint64_t csan__sync_taken(uintptr_t object);

static CSAN_ALWAYS_INLINE struct sync_quick *csan__sync_quick_at(uintptr_t object)
{
    return &csan__sync_quick[(object * 0x9e3779b97f4a7c15u) >> (64 - SYNC_QUICK_BITS)];
}

static CSAN_ALWAYS_INLINE bool csan__sync_is_quick(const struct thread *t, uintptr_t object)
{
    const struct sync *s = t->sync;
    return CSAN_LIKELY(s != NULL) &&
           (s->nheld | s->unsettled | __atomic_load_n(&s->ndisowned, __ATOMIC_RELAXED)) == 0 &&
           __atomic_load_n(&csan__sync_quick_at(object)->object, __ATOMIC_RELAXED) == object;
}

static CSAN_ALWAYS_INLINE void csan__sync_write_begins(struct sync *s)
{
    __atomic_store_n(&s->sequence, s->sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static CSAN_ALWAYS_INLINE void csan__sync_write_ends(struct sync *s)
{
    __atomic_store_n(&s->sequence, s->sequence + 1, __ATOMIC_RELEASE);
}

/* Only after csan__sync_is_quick, in the same stay in the guard. */
static CSAN_ALWAYS_INLINE void csan__sync_took_quick(struct thread *t, uintptr_t object,
                                                     enum sync_kind kind, const struct regs *at,
                                                     uint8_t flags)
{
    struct sync *s = t->sync;
    struct held *h = s->held;
    if (kind != SYNC_READ)
        csan__sync_quick_at(object)->taken++;
    csan__sync_write_begins(s);
    *h = (struct held){.object = object,
                       .pc = at->pc,
                       .sp = at->sp,
                       .kind = (uint8_t)kind,
                       .flags = flags,
                       .depth = 1};
    s->nheld = 1;
    csan__sync_write_ends(s);
}

/* False: not so simple, ask csan__sync_gave. */
static CSAN_ALWAYS_INLINE bool csan__sync_gave_quick(struct thread *t, uintptr_t object)
{
    struct sync *s = t->sync;
    if (CSAN_UNLIKELY(!s) || s->nheld != 1 || s->held->object != object || s->held->depth != 1 ||
        s->held->since_ns || (s->unsettled | __atomic_load_n(&s->ndisowned, __ATOMIC_RELAXED)))
        return false;
    csan__sync_write_begins(s);
    s->nheld = 0;
    csan__sync_write_ends(s);
    return true;
}

/* --- what detectors hear. Each detector may set struct detector.sync; see detect/detector.h. */
enum sync_event_kind {
    SYNC_EVENT_TOOK_INSIDE, /* a lock was taken while others are held (order); not by a trylock or
                               with a time-out, not again by who holds it, not by the end of a
                               condition's wait */
    SYNC_EVENT_WAIT_BEGINS, /* about to sleep for a lock, condition, join … (deadlock, blocked); not
                               for SYNC_FUTEX and what follows it */
    SYNC_EVENT_WAIT_ENDED, /* how long, and what it was for (wait); of the same kinds */
    SYNC_EVENT_WAIT_LEFT,  /* a lock's, by siglongjmp, some time ago: nobody knows when */
    SYNC_EVENT_NAPPED, /* a call of SYNC_FUTEX and what follows it has ended, in a thread that held
                          locks all the while */
    SYNC_EVENT_GAVE,   /* held time known (hold); all while someone wants hold times, else a few of
                          locks that are fought over */
    SYNC_EVENT_MISUSE, /* unlock by another thread, destroy while held … (lock-misuse) */
    SYNC_EVENT_GONE,   /* the object was destroyed, or its memory freed: [object, object+bytes) */
    SYNC_EVENT_POSTED, /* a semaphore was posted, a condition signalled, a barrier met: stack, call
                        */
    SYNC_EVENTS
};

enum sync_misuse {
    MISUSE_UNLOCK_NOT_HELD, /* by a thread that does not hold it; `other` holds it, or nobody */
    MISUSE_DESTROY_HELD,
    MISUSE_RELOCK,       /* second lock of a non-recursive mutex by its holder */
    MISUSE_EXIT_HOLDING, /* thread ends with a lock held. Told when the ended thread's
                            record is used again; until then it is in the record (tid is dead) */
    MISUSE_FREE_HELD,    /* memory of a held lock freed */
    MISUSE_END_HOLDING,  /* the process ends well, by a thread that holds a lock */
};

struct sync_event {
    enum sync_event_kind kind;
    enum sync_misuse misuse;
    struct thread *thread;
    uintptr_t object;
    size_t bytes;
    enum sync_kind lock_kind;
    const char *call;
    uint32_t stack; /* of the thread, here */
    uint64_t wait_ns, hold_ns;
    uint64_t at_ns; /* now; of WAIT_ENDED and NAPPED */
    bool got_it, timed;
    int holder_tid;    /* 0: not known */
    struct held other; /* of the other side, where there is one (object != 0) */
};
void csan__sync_tell(const struct sync_event *e); /* to every detector that listens */
/* At start, before there is a second thread. kinds: SYNC_HEARS of each that it wants to hear. At
 * most SYNC_LISTENERS. */
#define SYNC_LISTENERS 16u
#define SYNC_HEARS(kind) (1u << SYNC_EVENT_##kind)
void csan__sync_listen(void (*fn)(const struct sync_event *e), uint32_t kinds);
/* Somebody wants GAVE, and since_ns in every entry. */
void csan__sync_want_hold(bool wanted);
/* Tells a misuse: misuse, object, lock_kind, call and other are the caller's, the rest is filled
 * in.
 */
CSAN_COLD void csan__sync_misused(struct thread *t, struct sync_event *e, const struct regs *at);
/* This thread ends the process, at this stack (0: main has returned): END_HOLDING for what it
 * holds. What others hold is no fault of its: they are not asked whether they are done. */
void csan__sync_ends(struct thread *t, uint32_t stack);

#endif
