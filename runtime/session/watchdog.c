/* The watchdog: a thread of csan's that looks after what cannot wait for the end.
 *
 *   second thread, or a test under a framework, hang_after, dump_signal ──▶ need ──▶ run
 *   run: ten times a second ──▶ each detector's tick ──▶ "wrong" ──▶ verdict of those detectors
 * alone ──▶ the end (ending.c)
 *
 * It lives on a stack of csan's own, blocks every signal but libc's, is no thread to stop.c and the
 * detectors, and does not keep the process alive: when the main thread has left by pthread_exit and
 * no other is there, it returns, and libc ends the process as it would have done.
 * A verdict keeps it out of the detectors (pause); a forked child has none until it needs one. */
#include "base/lock.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/hang.h"
#include "record/task.h"
#include "session/framework.h"
#include "session/private.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#define STACK_BYTES ((size_t)8 << 20) /* the program's exit handlers may run on it */
#define TICK_NS ((uint64_t)100000000u)
/* How long a flush may sleep, and how long it may take when the machine does not let it run. */
#define FLUSH_LOOK_NS ((uint64_t)10000000u)
#define FLUSH_ASLEEP_MAX 20u
#define FLUSH_LOOKS_MAX 500u

csan__thread_create_fn *csan__watchdog_create;

static struct {
    struct lock lock; /* held while detectors tick, and during a verdict */
    uint32_t started; /* 1: there is one in this process, or has been tried */
    int tid;
    uint64_t born_ns; /* of this process */
    char *stack;
    uint32_t flushed;
    int flusher; /* its number, once it runs */
} dog = {.lock = LOCK_INIT(LOCK_TICK)};

int csan__watchdog_tid(void)
{
    return __atomic_load_n(&dog.tid, __ATOMIC_RELAXED);
}

bool csan__watchdog_is_at(uintptr_t sp)
{
    return dog.stack && sp - (uintptr_t)dog.stack <= STACK_BYTES;
}

void csan__watchdog_pause(void)
{
    csan__lock_take(&dog.lock);
}

void csan__watchdog_go_on(void)
{
    csan__lock_give(&dog.lock);
}

static uint64_t cpu_ns(clockid_t clock)
{
    struct timespec ts = {0, 0};
    csan__os_syscall(SYS_clock_gettime, clock, (long)&ts, 0, 0, 0, 0);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void gather_facts(void)
{
    struct hang_facts *k = &csan__hang_facts;
    uint64_t own = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    uint64_t all = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    bool is_auto = csan__options.hang_after == OPTION_AUTO;
    k->cpu_ns = all > own ? all - own : 0;
    k->limit_ns = is_auto ? OPTION_OFF : csan__options.hang_after;
    k->born_ns = dog.born_ns;
    if (is_auto && !k->time_out_ns)
        k->time_out_ns = csan__framework_time_out_ns();
}

/* Which detectors say that something is wrong: bit i for the i-th. */
static uint32_t look(void)
{
    uint32_t wrong = 0;
    csan__lock_take(&dog.lock);
    gather_facts();
    uint64_t now = csan__os_now_ns();
    for (uint32_t i = 0; i < DETECTORS; i++)
        if (csan__detectors[i]->tick && csan__detectors[i]->tick(now))
            wrong |= 1u << i;
    csan__lock_give(&dog.lock);
    return wrong;
}

/* The first thread has left, and of the others there is this one. */
static bool is_alone(void)
{
    return csan__task_first_has_ended() && csan__task_stat(TASK_FIRST, TASK_THREADS) == 2;
}

static void set_signals(uint64_t mask, uint64_t *before)
{
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, (long)before, 8, 0, 0);
}

static void dump(void)
{
    struct full_regs at;
    csan__unwind_here(&at);
    csan__session_dump(&at);
}

static void *run(void *arg)
{
    struct thread *self = csan__thread_get();
    if (!self)
        return arg;
    self->inside = 1;
    self->foreign = true;
    csan__os_syscall(SYS_prctl, PR_SET_NAME, (long)"csan", 0, 0, 0, 0);
    __atomic_store_n(&dog.tid, self->tid, __ATOMIC_RELAXED);
    while (!is_alone()) {
        csan__dump_signal_nap(TICK_NS);
        if (csan__dump_signal_wanted())
            dump();
        uint32_t wrong = look();
        if (wrong)
            csan__session_stuck(wrong);
    }
    set_signals(0, NULL);
    self->inside = 0;
    return arg;
}

/* All signals are the program's but those two that libc keeps for itself. */
static bool create(void *(*body)(void *), char *stack, size_t bytes)
{
    pthread_t id;
    pthread_attr_t attr;
    uint64_t before = 0, all_but_libcs = ~(3ull << 31);
    if (!csan__watchdog_create || pthread_attr_init(&attr) != 0)
        return false;
    set_signals(all_but_libcs, &before);
    bool created = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
                   pthread_attr_setstack(&attr, stack, bytes) == 0 &&
                   csan__watchdog_create(&id, &attr, body, NULL) == 0;
    set_signals(before, NULL);
    pthread_attr_destroy(&attr);
    return created;
}

void csan__watchdog_need(void)
{
    if (__atomic_load_n(&dog.started, __ATOMIC_RELAXED) || !csan__session_is_armed() ||
        csan__os_pid() != csan__session_pid() ||
        __atomic_exchange_n(&dog.started, 1, __ATOMIC_ACQ_REL))
        return;
    struct thread *self = csan__thread_get();
    if (!self)
        return;
    csan__session_deeper(self);
    csan__thread_second();
    if (!dog.born_ns)
        dog.born_ns = csan__os_now_ns();
    if (!dog.stack)
        dog.stack = csan__os_map(STACK_BYTES);
    if (dog.stack)
        create(run, dog.stack, STACK_BYTES);
    csan__session_up(self);
}

/* In the child after fork: the stack is free again. */
void csan__watchdog_forked(void)
{
    dog.started = 0;
    dog.tid = 0;
    dog.born_ns = csan__os_now_ns();
    csan__hang_facts.time_out_ns = 0;
    csan__watchdog_need_of_test();
}

void csan__watchdog_need_of_test(void)
{
    uint64_t hang_after = csan__options.hang_after;
    bool may_hang = hang_after != OPTION_OFF &&
                    (hang_after != OPTION_AUTO || csan__framework_is_test_to_come());
    if (!may_hang && csan__options.dump_signal == DUMP_OFF)
        return;
    csan__watchdog_need();
}

static void *flush(void *arg)
{
    struct thread *self = csan__thread_get();
    if (self)
        self->inside = 1;
    __atomic_store_n(&dog.flusher, csan__os_tid(), __ATOMIC_RELEASE);
    fflush(NULL);
    __atomic_store_n(&dog.flushed, 1, __ATOMIC_RELEASE);
    csan__os_futex_wake(&dog.flushed, 1);
    return arg;
}

static bool flush_sleeps(void)
{
    struct full_regs at;
    int tid = __atomic_load_n(&dog.flusher, __ATOMIC_ACQUIRE);
    return tid && csan__task_call(tid, &at) != TASK_RUNNING;
}

/* A thread that hangs inside stdio keeps its stream's lock: what comes before it is flushed. */
void csan__watchdog_flush(void)
{
    size_t bytes = (size_t)256 << 10;
    char *stack = csan__os_map(bytes);
    if (!stack || !create(flush, stack, bytes))
        return;
    uint32_t asleep = 0;
    for (uint32_t i = 0; i < FLUSH_LOOKS_MAX && asleep < FLUSH_ASLEEP_MAX; i++) {
        if (__atomic_load_n(&dog.flushed, __ATOMIC_ACQUIRE))
            return;
        csan__os_futex_wait(&dog.flushed, 0, FLUSH_LOOK_NS);
        asleep += flush_sleeps();
    }
}
