/* The world stopped, without ptrace.
 *
 *   judge                                   every other thread
 *   ─────                                   ──────────────────
 *   wanted = 1; signal each ──────────────► in the program: the handler notes its registers, says
 *   wait until all have said so                             so, and sleeps
 *                                           in a hook: the handler returns; the hook's way out
 *                                                      does the same (stand_still)
 *   no signal                               asleep in a call that a hook passed on: let sleep
 *   … judge reads …                           (sleepers.h)
 *   wanted = 0; wake all  ────────────────► on it goes; a system call that the signal broke off is
 *   wait until all have left                begun again (resume.h)
 *
 * Whoever was let sleep and has run since is stopped where it is now, and what could not be reached
 * is looked for once more (look_again).
 *
 * The signal is the one that libc keeps for itself (33): libc lets no program block it, wait for it
 * or look at it. Libc's own use of it (setuid in all threads) is passed on to libc's handler.
 * A thread that does not answer within a second (it holds a lock of malloc's that a hook waits for,
 * or sits in the kernel) counts as running on: all of its stack is taken for live. */
#include "record/world.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "record/task.h"
#include "session/kernel_signal.h"
#include "session/private.h"
#include "session/resume.h"
#include "session/sleepers.h"
#include "session/slots.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define STOP_SIGNAL 33
#define RED_ZONE_BYTES 128u /* below the stack pointer, and live */
/* All but those that csan's own reading may raise. */
#define MOST_SIGNALS (~(uint64_t)0 & ~(1ULL << (SIGSEGV - 1)) & ~(1ULL << (SIGBUS - 1)))
#define STOP_PATIENCE_NS ((uint64_t)1000000000u)

/* So often those that have run are let sleep again; then all are sent the signal. */
#define LOOKS_MAX 3u

uint32_t csan__stop_wanted;

static struct {
    struct lock lock;  /* one stop at a time */
    uint32_t asked;    /* how many are to say so */
    uint32_t standing; /* futex: how many have said so */
    uint32_t leaving;  /* how many have not left yet */
    uint32_t looks;
    const struct full_regs *judge_at; /* while the world stands, as the next */
    struct world *world;
    bool installed;
    struct kernel_sigaction before; /* libc's */
    int pid;
} stop = {.lock = LOCK_INIT(LOCK_WORLD)};

static bool is_to_stand(const struct slot *s)
{
    return csan__slot_is(s, SLOT_ASKED) || csan__slot_is(s, SLOT_ASLEEP);
}

/* The slot's owner says so and sleeps until the judge is done. */
static void stand(struct slot *s)
{
    __asm__("movq %%fs:0, %0" : "=r"(s->thread_pointer));
    __atomic_add_fetch(&stop.leaving, 1, __ATOMIC_ACQ_REL);
    bool was_asleep = csan__slot_change(s, SLOT_ASLEEP, SLOT_STANDING);
    if (was_asleep)
        __atomic_add_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
    if (was_asleep || csan__slot_change(s, SLOT_ASKED, SLOT_STANDING)) {
        __atomic_add_fetch(&stop.standing, 1, __ATOMIC_RELEASE);
        csan__os_futex_wake(&stop.standing, 1);
        while (__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE))
            csan__os_futex_wait(&csan__stop_wanted, 1, 0);
        __atomic_store_n(&s->state, SLOT_IDLE, __ATOMIC_RELAXED);
    }
    __atomic_sub_fetch(&stop.leaving, 1, __ATOMIC_RELEASE);
}

void csan__stop_stand_still(struct thread *self)
{
    struct slot *s = csan__slots_find(self->tid);
    if (!s || !is_to_stand(s))
        return; /* the judge itself, or a thread that was not asked yet: its signal is coming */
    self->inside = 1;
    uint64_t all = MOST_SIGNALS, before; /* a handler would run on, and move pointers about */
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, 8, 0, 0);
    struct full_regs here;
    csan__unwind_here(&here);
    __builtin_unwind_init(); /* this frame's own lies below its base: from the stack pointer on */
    __asm__ volatile("movq %%rsp, %0" : "=r"(s->sp));
    s->saved = (struct range){(uintptr_t)&here, (uintptr_t)(&here + 1)};
    stand(s);
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, 8, 0, 0);
    self->inside = 0;
}

bool csan__stop_is_inside(struct thread *self)
{
    uint32_t let_sleep = THREAD_LET_SLEEP;
    if (__atomic_load_n(&self->inside, __ATOMIC_RELAXED) != let_sleep)
        return true;
    csan__stop_stand_still(self);
    __atomic_compare_exchange_n(&self->inside, &let_sleep, 0, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
    return false;
}

/* A signal that csan sent: this one may arrive when the world has long gone on. */
static bool is_ours(const siginfo_t *info, struct slot *s)
{
    if (info->si_code != SI_TKILL || info->si_pid != stop.pid || !s)
        return false;
    uint32_t owed = __atomic_load_n(&s->owed, __ATOMIC_ACQUIRE);
    if (!owed)
        return false;
    __atomic_sub_fetch(&s->owed, 1, __ATOMIC_RELAXED);
    return true;
}

static void pass_on(int sig, siginfo_t *info, void *context)
{
    if ((uintptr_t)stop.before.handler > 1)
        stop.before.handler(sig, info, context);
}

static void note_registers(struct slot *s, const ucontext_t *uc)
{
    const char *fp = (const char *)uc->uc_mcontext.fpregs;
    uint32_t extended = fp ? *(const uint32_t *)(fp + 464 + 4) : 0; /* fx_sw_bytes.extended_size */
    uintptr_t end = fp ? (uintptr_t)fp + (extended ? extended : 512) : (uintptr_t)(uc + 1);
    s->saved = (struct range){(uintptr_t)uc, end};
    s->sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP] - RED_ZONE_BYTES;
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    int tid = csan__os_tid();
    struct slot *s = csan__slots_find(tid);
    if (!is_ours(info, s)) {
        pass_on(sig, info, context);
        return;
    }
    struct thread *self = csan__thread_self;
    if (self && self->tid == tid && self->inside && self->inside != THREAD_LET_SLEEP)
        return; /* stands still on its way out of the hook */
    ucontext_t *uc = context;
    if (__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE) && is_to_stand(s)) {
        note_registers(s, uc);
        stand(s);
    }
    csan__resume_call(uc, s->call, s->call_pc);
}

static void install(void)
{
    if (stop.installed)
        return;
    struct kernel_sigaction ours = {.handler = on_signal,
                                    .flags =
                                        SA_SIGINFO | SA_RESTART | SA_ONSTACK | KERNEL_SA_RESTORER,
                                    .restorer = csan__os_sigreturn,
                                    .mask = MOST_SIGNALS};
    csan__kernel_sigaction(STOP_SIGNAL, &ours, &stop.before);
    stop.installed = true;
}

/* Who is there that was not before. 0 or -errno. */
static int find_all(void)
{
    struct tasks all;
    int failed = csan__tasks_open(&all);
    if (failed)
        return failed;
    int self = csan__os_tid();
    for (int tid; (tid = csan__tasks_next(&all)) != 0;) {
        if (tid == self || tid == csan__watchdog_tid())
            continue;
        struct slot *s = csan__slots_find(tid);
        if (!s)
            s = csan__slots_add(tid);
        if (!s || s->state != SLOT_IDLE)
            continue; /* no room, they have more than doubled since the count: it runs on */
        s->runs = 0;
        s->state = SLOT_FOUND;
    }
    csan__tasks_close(&all);
    return 0;
}

/* Not who has come to stand by itself meanwhile. False: nor who has ended. */
static bool ask(struct slot *s)
{
    __atomic_add_fetch(&s->owed, 1, __ATOMIC_RELEASE);
    __atomic_add_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
    bool asked = csan__slot_change(s, SLOT_ASLEEP, SLOT_ASKED);
    if (asked && csan__os_tgkill(stop.pid, s->tid, STOP_SIGNAL) == 0)
        return true;
    __atomic_sub_fetch(&s->owed, 1, __ATOMIC_RELEASE);
    __atomic_sub_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
    if (asked)
        s->state = SLOT_IDLE; /* has ended meanwhile */
    return !asked;
}

/* Returns how many there are now that may have begun others before they stood still. */
static uint32_t ask_found(void)
{
    uint32_t asked = 0;
    csan__slots_find_records();
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;) {
        if (s->state != SLOT_FOUND)
            continue;
        if (s->tid == stop.pid && csan__task_first_has_ended())
            s->state = SLOT_GONE;
        else if (!csan__sleepers_let(s, stop.world->scratch))
            asked += ask(s);
    }
    return asked;
}

/* A thread may end before its signal arrives; it then never stands. */
static void forget_ended(void)
{
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;) {
        if (s->state == SLOT_ASKED && csan__os_tgkill(stop.pid, s->tid, 0) == -ESRCH) {
            s->state = SLOT_IDLE;
            s->owed = 0;
            __atomic_sub_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
        }
    }
}

static void wait_standing(void)
{
    uint64_t until = csan__os_now_ns() + STOP_PATIENCE_NS;
    for (uint32_t seen; (seen = __atomic_load_n(&stop.standing, __ATOMIC_ACQUIRE)) <
                        __atomic_load_n(&stop.asked, __ATOMIC_ACQUIRE);) {
        if (csan__os_futex_wait(&stop.standing, seen, 20000000u) == -ETIMEDOUT)
            forget_ended();
        if (csan__os_now_ns() > until)
            return;
    }
}

static uint32_t count_tasks(void)
{
    struct tasks all;
    if (csan__tasks_open(&all) != 0)
        return 1;
    uint32_t n = 0;
    while (csan__tasks_next(&all))
        n++;
    csan__tasks_close(&all);
    return n;
}

static int stop_others(void)
{
    uint32_t tasks = count_tasks();
    if (tasks <= 1)
        return 0;
    stop.pid = csan__os_pid();
    stop.standing = stop.asked = 0;
    int failed = csan__slots_make(tasks);
    if (failed)
        return failed;
    install();
    __atomic_store_n(&csan__stop_wanted, 1, __ATOMIC_RELEASE);
    while (!(failed = find_all()) && ask_found())
        wait_standing();
    return failed;
}

static void note_record(struct stopped_thread *t, const struct thread *record)
{
    t->record = record;
    if (record)
        t->stack = (struct range){record->stack_lo, record->stack_hi};
}

static void list_judge(const struct full_regs *at, struct stopped_thread *t)
{
    struct thread *self = csan__thread_get();
    if (self)
        csan__thread_learn_stack(self);
    *t = (struct stopped_thread){.tid = csan__os_tid(), .is_judge = true, .sp = at->r[7]};
    note_record(t, self);
    t->saved = (struct range){(uintptr_t)at, (uintptr_t)(at + 1)};
    __asm__("movq %%fs:0, %0" : "=r"(t->thread_pointer));
}

static void list_other(struct slot *s, struct stopped_thread *t)
{
    *t = (struct stopped_thread){.tid = s->tid, .in_call = s->call >= 0};
    note_record(t, s->record);
    if (csan__slot_is(s, SLOT_STANDING)) {
        t->sp = s->sp;
        t->saved = s->saved;
        t->thread_pointer = s->thread_pointer;
        s->runs = 0;
    } else if (s->runs) {
        t->sp = s->asleep_at->r[7] - RED_ZONE_BYTES;
        t->saved = (struct range){(uintptr_t)s->asleep_at, (uintptr_t)(s->asleep_at + 1)};
        t->thread_pointer = s->record->thread_pointer;
    } else if (csan__slot_is(s, SLOT_GONE)) {
        t->sp = t->stack.hi; /* nothing of its stack lives */
    } else {
        t->sp = t->stack.lo; /* runs on: nothing of its stack is known to be dead */
    }
}

static uint32_t list_threads(const struct full_regs *judge_at, struct stopped_thread *out)
{
    list_judge(judge_at, &out[0]);
    uint32_t n = 1;
    csan__slots_find_records();
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;)
        if (!csan__slot_is(s, SLOT_IDLE))
            list_other(s, &out[n++]);
    return n;
}

/* Who was let sleep has run since: stopped where it is now. */
static bool look_again(void)
{
    bool has_moved = false, sleeps = ++stop.looks < LOOKS_MAX;
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;) {
        if (!s->runs || !csan__sleepers_has_run(s))
            continue;
        has_moved = true;
        s->runs = 0;
    }
    if (!has_moved)
        return false;
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;) {
        if (s->state != SLOT_ASLEEP || (s->runs && sleeps))
            continue;
        csan__sleepers_end(s);
        if (!sleeps || !csan__sleepers_let(s, stop.world->scratch))
            ask(s);
    }
    wait_standing();
    stop.world->nthreads = list_threads(stop.judge_at, stop.world->threads);
    return true;
}

int csan__stop_world(const struct full_regs *judge_at, struct arena *scratch, struct world *out)
{
    csan__lock_take(&stop.lock);
    memset(out, 0, sizeof *out);
    out->scratch = scratch;
    stop.world = out;
    stop.judge_at = judge_at;
    stop.looks = 0;
    int failed = stop_others();
    size_t max = 1 + (size_t)csan__slots_max();
    out->threads = csan__arena_scratch_alloc(scratch, max * sizeof *out->threads);
    if (failed || !out->threads) {
        csan__start_world();
        return failed ? failed : -ENOMEM;
    }
    out->nthreads = list_threads(judge_at, out->threads);
    out->look_again = out->nthreads > 1 ? look_again : NULL;
    return 0;
}

void csan__start_world(void)
{
    if (__atomic_load_n(&csan__stop_wanted, __ATOMIC_RELAXED)) {
        for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;) {
            csan__sleepers_end(s);
            if (!csan__slot_change(s, SLOT_ASLEEP, SLOT_IDLE) &&
                !csan__slot_change(s, SLOT_FOUND, SLOT_IDLE))
                csan__slot_change(s, SLOT_ASKED, SLOT_IDLE); /* its signal is still owed */
        }
        __atomic_store_n(&csan__stop_wanted, 0, __ATOMIC_RELEASE);
        csan__os_futex_wake(&csan__stop_wanted, 0x7fffffff);
        while (__atomic_load_n(&stop.leaving, __ATOMIC_ACQUIRE))
            csan__os_yield();
    }
    csan__lock_give(&stop.lock);
}

/* Nobody is stopped here. */
void csan__stop_forked(void)
{
    __atomic_store_n(&csan__stop_wanted, 0, __ATOMIC_RELEASE);
    stop.leaving = 0;
    csan__slots_forked();
}
