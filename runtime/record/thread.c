#include "record/thread.h"
#include "record/label.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "record/block.h"
#include "record/maps.h"
#include "record/sync.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

CSAN_THREAD_LOCAL struct thread *csan__thread_self;

static struct {
    struct lock lock;
    struct thread *first;
    uint32_t count, sweep_at;
    int pid;
} threads = {.lock = LOCK_INIT(LOCK_THREADS), .sweep_at = 64};

/* Where the kernel put the main thread's stack: set by ld.so, or by the static start code. */
extern void *__libc_stack_end __attribute__((weak));

static bool is_alive(int tid)
{
    return csan__os_tgkill(threads.pid, tid, 0) != -ESRCH;
}

static void sweep(void)
{
    for (struct thread *t = threads.first; t; t = t->next)
        if (t->tid && !is_alive(t->tid))
            __atomic_store_n(&t->tid, 0, __ATOMIC_RELAXED);
}

/* A record of this tid is a dead thread's whose number came round; an unused one is as good. */
static struct thread *take_unused(int tid)
{
    for (struct thread *t = threads.first; t; t = t->next)
        if (t->tid == tid || t->tid == 0)
            return t;
    return NULL;
}

static void reset(struct thread *t, int tid)
{
    struct thread *next = t->next;
    struct sync *sync = t->sync; /* goes over to the new thread; it knows whose it was */
    memset(t, 0, sizeof *t);
    t->next = next;
    t->sync = sync;
    if (sync && sync->tid > 0) {
        sync->tid = -sync->tid; /* the number may have come round */
        sync->unsettled = 1;
    }
    __asm__("movq %%fs:0, %0" : "=r"(t->thread_pointer));
    __atomic_store_n(&t->tid, tid, __ATOMIC_RELEASE);
}

struct thread *csan__thread_make(void)
{
    if (csan__thread_self)
        return csan__thread_self;
    int tid = csan__os_tid(), pid = csan__os_pid();
    csan__lock_take(&threads.lock);
    threads.pid = pid;
    if (threads.count >= threads.sweep_at) {
        sweep();
        threads.sweep_at = threads.count * 2;
    }
    struct thread *t = take_unused(tid);
    if (t) {
        reset(t, tid);
    } else if ((t = csan__arena_alloc(sizeof *t))) {
        reset(t, tid);
        t->next = threads.first;
        threads.count++;
        __atomic_store_n(&threads.first, t, __ATOMIC_RELEASE);
    }
    csan__lock_give(&threads.lock);
    if (t && tid == pid)
        csan__thread_learn_stack(t); /* where nothing of it was ever unwound, too */
    if (t && !csan__thread_self)
        csan__thread_self = t;
    if (t && t->next)
        csan__thread_second();
    return csan__thread_self;
}

/* Normally called while there is one thread, before it makes another. Threads that libc makes for
 * itself (timers) are noticed by their first hook: then those that are inside csan with the old
 * habit are waited for. membarrier makes them see the flag on their next way in. */
#define HABIT_PATIENCE_NS 100000000u

static void wait_until_out(const struct thread *t)
{
    uint64_t until = csan__os_now_ns() + HABIT_PATIENCE_NS;
    while (__atomic_load_n(&t->inside, __ATOMIC_ACQUIRE) && csan__os_now_ns() < until)
        csan__os_yield();
}

void csan__thread_second(void)
{
    if (__atomic_exchange_n(&csan__block_threaded, true, __ATOMIC_SEQ_CST))
        return;
    csan__os_syscall(SYS_membarrier, 1 /* MEMBARRIER_CMD_GLOBAL */, 0, 0, 0, 0, 0);
    for (struct thread *t = csan__thread_first(); t; t = t->next)
        if (t != csan__thread_self)
            wait_until_out(t);
}

struct thread *csan__thread_first(void)
{
    return __atomic_load_n(&threads.first, __ATOMIC_ACQUIRE);
}

/* The gap that the kernel leaves below the stack is never smaller than this. */
#define MAIN_STACK_MAX ((uintptr_t)1 << 30)

static void learn_main_stack(struct thread *t)
{
    struct rlimit limit = {0, 0};
    csan__os_syscall(SYS_getrlimit, RLIMIT_STACK, (long)&limit, 0, 0, 0, 0);
    uintptr_t bytes = limit.rlim_cur < MAIN_STACK_MAX ? limit.rlim_cur : MAIN_STACK_MAX;
    uintptr_t hi = csan__base_round_up((uintptr_t)__libc_stack_end, CSAN_PAGE);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (here >= hi || hi - here > bytes)
        return; /* a fork of another thread goes on on that thread's stack */
    t->stack_hi = hi;
    t->stack_lo = hi - bytes;
}

void csan__thread_learn_stack(struct thread *t)
{
    if (t->stack_hi)
        return;
    if (t->tid == csan__os_pid() && &__libc_stack_end && __libc_stack_end)
        learn_main_stack(t);
    struct range at;
    if (!t->stack_hi && csan__maps_find((uintptr_t)__builtin_frame_address(0), &at)) {
        t->stack_lo = at.lo;
        t->stack_hi = at.hi;
    }
}

/* The forking thread is the only one left, under a new number. */
void csan__thread_forked(void)
{
    struct thread *self = csan__thread_self;
    int was = self ? self->tid : 0;
    threads.pid = csan__os_pid();
    for (struct thread *t = threads.first; t; t = t->next)
        t->tid = 0;
    if (!self)
        return;
    int tid = csan__os_tid();
    if (self->labels && self->labels->tid == was)
        self->labels->tid = tid;
    self->tid = tid;
}
