/* A thread as csan knows it: one record a thread, made at its first hook, found by a thread-local.
 *
 * The record holds the one recursion guard: while `inside` is not 0 the thread runs csan's own
 * code, hooks pass straight through to libc, and a thread that is told to stop does so on its way
 * out. THREAD_LET_SLEEP in it is another's doing (session/stop.c): it sleeps in a call, the world
 * is stopped, and should it wake it stands still at the next hook. A record is written by its own
 * thread only, but for the fields named below; records of ended threads are reused, never freed.
 * Needs base; used by hook, session, detect. */
#ifndef CSAN_RECORD_THREAD_H
#define CSAN_RECORD_THREAD_H

#include "base/base.h"

#include <time.h>

#define THREAD_FREED 128u
#define SHARE_KNOWN 4u
#define THREAD_LET_SLEEP (1u << 31)

struct thread {
    uint32_t inside;   /* recursion guard: depth of csan's code on this thread's stack */
    uint32_t disabled; /* depth of csan_disable() */
    int tid;
    bool foreign; /* none of the program's: csan's own watchdog */
    struct segv_view {
        bool blocked, in_handler, mark, mark_is_seen;
    } segv; /* as the program sees SIGSEGV (share=precise; session/trap.h) */
    /* The stack this thread was started on: lo <= sp < hi. 0,0: not known yet. */
    uintptr_t stack_lo, stack_hi;
    uintptr_t thread_pointer; /* fs base */
    uint64_t degraded;        /* facts lost for want of memory */
    uint32_t late_stacks;     /* recognised, but not as the first guess (stack.c) */
    struct sync *sync;        /* what it holds and waits for (sync.h); NULL: nothing yet */
    struct labels *labels;    /* for profiles (label.h); NULL: never any */
    uint32_t nfreed;          /* ever */
    struct {
        uintptr_t start, pc; /* pc: return address of the call */
    } freed[THREAD_FREED];   /* the last blocks it freed, a ring; read by others, start first */
    struct {
        uint64_t allocations, frees, bytes, temporary;
        uintptr_t last;  /* the block that the last heap call gave; 0: it gave none */
    } tally;             /* record/tally.h's: read by others, and kept when the thread ends */
    struct thread *next; /* all records, newest first; never unlinked */
    /* Of a wait whose system call was begun again (session/resume.c): which one, its time. */
    uint64_t resumed_wait_ns, time_given_ns;
    struct timespec time_left;
    /* Where it looked for shared buffers lately (share.h). */
    struct share_known {
        uintptr_t addr;
        struct share_item *item;
        uint32_t added;
    } shared[SHARE_KNOWN];
};

extern CSAN_THREAD_LOCAL struct thread *csan__thread_self;

/* This thread's record, made on first use. NULL: no memory; the caller passes through. */
struct thread *csan__thread_make(void);

static CSAN_ALWAYS_INLINE struct thread *csan__thread_get(void)
{
    struct thread *t = csan__thread_self;
    return CSAN_LIKELY(t != NULL) ? t : csan__thread_make();
}

/* All records, for walking: each carries a tid; 0 means unused. */
struct thread *csan__thread_first(void);
/* Fills stack_lo and stack_hi when they are not known. */
void csan__thread_learn_stack(struct thread *t);
/* Called before a second thread exists; also found out when a second record is made. From then on
 * the account of blocks is kept with atomic operations. */
void csan__thread_second(void);
/* After fork, in the child: every other record is unused. */
void csan__thread_forked(void);

#endif
