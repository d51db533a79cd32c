/* Who holds what, and who waits for what: two small arrays in each thread's own record.
 *
 *   struct thread ──▶ struct sync ──▶ held[]     locks taken and not given back, oldest first
 *                               └───▶ wait       what the thread sleeps for now; what == 0: it runs
 *
 * Written by its own thread alone; read by others only with csan__sync_snapshot (a sequence lock),
 * or while the world is stopped. The path that does not block writes one entry: object, return
 * address, stack pointer. Clocks and stacks are taken only by who must wait, and, once a lock has
 * been fought over or is taken inside another, by who takes it. No lock of csan's is held here.
 * Needs base, record/thread, record/stack; used by hook/ (writes), detect/ (reads), session. */
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
    SYNC_IO,    /* read, poll, accept …: what it waits for is outside the process */
    SYNC_SLEEP,
    SYNC_PROCESS, /* wait, waitpid */
    SYNC_KINDS
};

/* One lock held. */
struct held {
    uintptr_t object; /* address of the pthread object */
    uintptr_t pc;     /* return address of the call that took it */
    uintptr_t sp;     /* its stack pointer: the frame may still be there */
    uint32_t stack;   /* full stack, where it was worth taking; 0: pc alone */
    uint16_t kind;    /* enum sync_kind */
    uint16_t depth;   /* of a recursive mutex */
    uint64_t since_ns; /* 0: not measured */
};

/* One sleep. */
struct waiting {
    uint32_t kind;     /* enum sync_kind; SYNC_NONE: the thread runs */
    bool timed;        /* ends by itself: never part of a deadlock */
    uintptr_t object;  /* lock, condition, semaphore; pthread_t of a join; descriptor of I/O */
    const char *call;  /* "pthread_mutex_lock": the function that the program called */
    uint32_t stack;
    uint64_t since_ns;
    struct full_regs regs; /* spilled before the sleep: how a blocked thread is scanned and unwound */
};

#define SYNC_HELD_INLINE 8u

struct sync {
    uint32_t sequence; /* odd: being written */
    uint32_t nheld, room;
    struct held *held; /* inline_held, or in csan's arena when more are held */
    struct waiting wait;
    struct held inline_held[SYNC_HELD_INLINE];
};

/* This thread's, made on first use; NULL: no memory (the hook passes through). */
struct sync *csan__sync_self(struct thread *t);
/* A consistent copy of another thread's: false when it changed all the time. held points into
 * `room` (max entries; nheld is cut to it). */
bool csan__sync_snapshot(const struct thread *t, struct sync *out, struct held *room, uint32_t max);

/* The hooks' words, in the order of a call's life. `at`: the hook's caller. */
CSAN_HOT void csan__sync_took(struct thread *t, uintptr_t object, enum sync_kind kind,
                              const struct regs *at);
/* False: this thread does not hold it. *was (may be NULL) is the entry that went. */
CSAN_HOT bool csan__sync_gave(struct thread *t, uintptr_t object, struct held *was);
void csan__sync_wait_begin(struct thread *t, enum sync_kind kind, uintptr_t object, const char *call,
                           bool timed, const struct regs *at);
void csan__sync_wait_end(struct thread *t, bool got_it);
void csan__sync_forked(void); /* in the child: only the forking thread's entries are left */

/* --- what detectors hear. Each detector may set struct detector.sync; see detect/detector.h. */
enum sync_event_kind {
    SYNC_EVENT_TOOK_INSIDE, /* a lock was taken while others are held (order) */
    SYNC_EVENT_WAIT_BEGINS, /* about to sleep for a lock, condition, join … (deadlock, blocked) */
    SYNC_EVENT_WAIT_ENDED,  /* how long, and what it was for (wait) */
    SYNC_EVENT_GAVE,        /* held time known (hold); sent only while someone wants hold times */
    SYNC_EVENT_MISUSE,      /* unlock by another thread, destroy while held … (lock-misuse) */
    SYNC_EVENT_GONE,        /* the object was destroyed, or its memory freed: [object, object+bytes) */
    SYNC_EVENTS
};

enum sync_misuse {
    MISUSE_UNLOCK_NOT_HELD, /* by a thread that does not hold it; `other` holds it, or nobody */
    MISUSE_DESTROY_HELD,
    MISUSE_RELOCK,          /* second lock of a non-recursive mutex by its holder */
    MISUSE_EXIT_HOLDING,    /* thread or process ends with a lock held */
    MISUSE_FREE_HELD,       /* memory of a held lock freed */
};

struct sync_event {
    enum sync_event_kind kind;
    enum sync_misuse misuse;
    struct thread *thread;
    uintptr_t object;
    size_t bytes;
    enum sync_kind lock_kind;
    const char *call;
    uint32_t stack;        /* of the thread, here */
    uint64_t wait_ns, hold_ns;
    bool got_it, timed;
    int holder_tid;        /* 0: not known */
    struct held other;     /* of the other side, where there is one */
};
void csan__sync_tell(const struct sync_event *e); /* to every detector that listens */

#endif
