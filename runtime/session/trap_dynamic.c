#include "base/options.h"
#include "base/os.h"
#include "detect/share_precise.h"
#include "record/colour.h"
#include "record/module.h"
#include "record/stack.h"
#include "session/trap.h"
#include "session/kernel_signal.h"
#include "session/private.h"
#include "session/string_store.h"
#include "session/surroundings.h"

#include <errno.h>
#include <string.h>
#include <ucontext.h>

#define STEPS 256u /* threads that store at once */
#define OPENED 24u /* pages of one instruction: a scatter stores to 16 places */
#define STACKS 16u
#define STACK_BYTES ((size_t)64 << 10)
#define MARK SIGSTKFLT  /* its bit of a mask turned over: SIGSEGV would be blocked here */
#define PATIENCE 10000u /* faults of one instruction at one place in a row: then it is no race */
#define TRAP_FLAG 0x100
#define IS_STORE 2 /* in the error code of a page fault */

/* A thread that is about to do one instruction. */
static struct step {
    int tid; /* 0: unused */
    bool is_told;
    uint32_t nopened;
    uint64_t mask; /* of the thread, before */
    uintptr_t opened[OPENED];
    struct share_store store;
} steps[STEPS];

static struct {
    char *room;
    uint32_t taken[STACKS];
} stacks;

static struct {
    bool on;
    struct sigaction segv, trap; /* as the program has set them */
} faults;

/* ---- what the program believes */

bool csan__trap_is(int sig)
{
    return CSAN_UNLIKELY(faults.on) && (sig == SIGSEGV || sig == SIGTRAP);
}

static struct sigaction *seen(int sig)
{
    return sig == SIGSEGV ? &faults.segv : &faults.trap;
}

static void on_fault(int sig, siginfo_t *info, void *context);

static uint64_t bit_of(int sig)
{
    return (uint64_t)1 << (sig - 1);
}

/* csan's handler, in the program's manner: on the stack, with the signals blocked, that its own
 * would have. */
static void take_over(int sig)
{
    const struct sigaction *act = seen(sig);
    bool none = act->sa_handler == SIG_DFL || act->sa_handler == SIG_IGN;
    unsigned flags = none ? SA_ONSTACK : (unsigned)act->sa_flags & ~(unsigned)SA_RESETHAND;
    if (sig == SIGSEGV)
        flags |= SA_NODEFER;
    struct kernel_sigaction k = {.handler = on_fault,
                                 .flags = flags | SA_SIGINFO | KERNEL_SA_RESTORER,
                                 .restorer = csan__os_sigreturn};
    if (none)
        k.mask = ~(uint64_t)0;
    else
        memcpy(&k.mask, &act->sa_mask, sizeof k.mask);
    k.mask &= ~bit_of(SIGSEGV);
    csan__kernel_sigaction(sig, &k, NULL);
}

void csan__trap_action(int sig, const struct sigaction *act, struct sigaction *old)
{
    struct sigaction was = *seen(sig);
    if (act) {
        *seen(sig) = *act;
        take_over(sig);
    }
    if (old)
        *old = was;
}

bool csan__trap_unblock(sigset_t *set)
{
    return faults.on && sigismember(set, SIGSEGV) == 1 && sigdelset(set, SIGSEGV) == 0;
}

const sigset_t *csan__trap_mask(const sigset_t *mask, sigset_t *room)
{
    if (CSAN_LIKELY(!faults.on) || !mask)
        return mask;
    *room = *mask;
    csan__trap_unblock(room);
    return room;
}

void csan__trap_show_mask(struct segv_view *t, sigset_t *mask)
{
    t->in_handler = t->in_handler && sigismember(mask, MARK) == t->mark;
    if (t->in_handler && t->mark_is_seen)
        sigaddset(mask, MARK);
    else if (t->in_handler)
        sigdelset(mask, MARK);
    if (t->blocked || t->in_handler)
        sigaddset(mask, SIGSEGV);
}

static uint64_t change_mask(int how, uint64_t set)
{
    uint64_t old = 0;
    csan__os_syscall(SYS_rt_sigprocmask, how, (long)&set, (long)&old, sizeof set, 0, 0);
    return old;
}

void csan__trap_thread_began(struct thread *t, bool is_blocked)
{
    t->segv.in_handler = false;
    if (CSAN_UNLIKELY(faults.on)) {
        uint64_t old = change_mask(SIG_UNBLOCK, bit_of(SIGSEGV));
        t->segv.blocked = is_blocked || old & bit_of(SIGSEGV);
    }
}

static void learn(int sig)
{
    struct kernel_sigaction now;
    struct sigaction *to = seen(sig);
    if (csan__kernel_sigaction(sig, NULL, &now) != 0)
        return;
    to->sa_sigaction = (void (*)(int, siginfo_t *, void *))(uintptr_t)now.handler;
    to->sa_flags = (int)(now.flags & ~(unsigned long)KERNEL_SA_RESTORER);
    memcpy(&to->sa_mask, &now.mask, sizeof now.mask);
    take_over(sig);
}

void csan__trap_start(void)
{
    if (csan__options.share != SHARE_PRECISE)
        return;
    faults.on = true;
    stacks.room = csan__os_map(STACKS * STACK_BYTES);
    learn(SIGSEGV);
    learn(SIGTRAP);
    struct thread *t = csan__thread_get();
    if (t)
        csan__trap_thread_began(t, false);
}

static uint64_t mask_of(const ucontext_t *uc)
{
    uint64_t mask;
    memcpy(&mask, &uc->uc_sigmask, sizeof mask);
    return mask;
}

/* Where the thread stood: in a handler of the program's that blocks SIGSEGV? When it has left that
 * by siglongjmp, the mark is gone. */
static bool was_in_handler(const struct thread *t, const ucontext_t *uc)
{
    return t && t->segv.in_handler && !!(mask_of(uc) & bit_of(MARK)) == t->segv.mark;
}

/* Stores of the handler are faults of csan's as all others are. */
static void block_in_handler(struct thread *t, const struct sigaction *act, const ucontext_t *uc)
{
    bool had = mask_of(uc) & bit_of(MARK);
    change_mask(had ? SIG_UNBLOCK : SIG_BLOCK, bit_of(MARK));
    t->segv.in_handler = true;
    t->segv.mark = !had;
    t->segv.mark_is_seen = had || sigismember(&act->sa_mask, MARK) == 1;
}

static void call_handler(const struct sigaction *act, int sig, siginfo_t *info, void *context)
{
    struct thread *t = csan__thread_self;
    bool defers = sig == SIGSEGV && !((unsigned)act->sa_flags & (unsigned)SA_NODEFER);
    struct segv_view was = {.blocked = false};
    if (t) {
        was = t->segv;
        was.in_handler = was_in_handler(t, context);
        if (defers || sigismember(&act->sa_mask, SIGSEGV) == 1)
            block_in_handler(t, act, context);
    }
    act->sa_sigaction(sig, info, context);
    if (t)
        t->segv = was;
}

/* Sent while the handler of another one runs: it comes when that has returned. */
static void put_off(const siginfo_t *info, ucontext_t *uc)
{
    uint64_t mask = mask_of(uc) | bit_of(SIGSEGV);
    memcpy(&uc->uc_sigmask, &mask, sizeof mask);
    change_mask(SIG_BLOCK, bit_of(SIGSEGV));
    csan__os_syscall(SYS_rt_tgsigqueueinfo, csan__os_pid(), csan__os_tid(), SIGSEGV, (long)info, 0,
                     0);
}

/* The program's own fault, or a signal that somebody sent: what the kernel would have done. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
    struct sigaction act = *seen(sig);
    const struct thread *t = csan__thread_self;
    bool is_sent = info->si_code <= 0, in_handler = sig == SIGSEGV && was_in_handler(t, context);
    bool is_blocked = in_handler || (t && t->segv.blocked && sig == SIGSEGV);
    if (act.sa_handler == SIG_IGN && is_sent)
        return;
    if (in_handler && is_sent) {
        put_off(info, context);
        return;
    }
    if (act.sa_handler == SIG_DFL || act.sa_handler == SIG_IGN || (is_blocked && !is_sent)) {
        csan__fatal_end(sig, info, context);
        return;
    }
    if ((unsigned)act.sa_flags & (unsigned)SA_RESETHAND) {
        seen(sig)->sa_handler = SIG_DFL;
        take_over(sig);
    }
    call_handler(&act, sig, info, context);
}

/* ---- steps */

static struct step *step_of(int tid)
{
    for (uint32_t i = 0; i < STEPS; i++)
        if (__atomic_load_n(&steps[i].tid, __ATOMIC_RELAXED) == tid)
            return &steps[i];
    return NULL;
}

static struct step *begin_step(int tid)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        int unused = 0;
        if (__atomic_compare_exchange_n(&steps[i].tid, &unused, tid, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            steps[i].nopened = 0;
            return &steps[i];
        }
    }
    return NULL;
}

/* Every page of the instruction is read-only again. */
static void end_step(struct step *s, ucontext_t *uc)
{
    for (uint32_t i = 0; i < s->nopened; i++)
        csan__colour_close(s->opened[i]);
    memcpy(&uc->uc_sigmask, &s->mask, sizeof s->mask);
    uc->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
    __atomic_store_n(&s->tid, 0, __ATOMIC_RELEASE);
}

static void open_page(struct step *s, uintptr_t addr)
{
    uintptr_t page = addr & ~(CSAN_PAGE - 1);
    csan__colour_open(page);
    for (uint32_t i = 0; i < s->nopened; i++)
        if (s->opened[i] == page)
            return;
    if (s->nopened < OPENED)
        s->opened[s->nopened++] = page;
}

/* From here on this thread does one instruction, undisturbed. */
static void set_step(struct step *s, ucontext_t *uc)
{
    uint64_t but = bit_of(SIGSEGV) | bit_of(SIGTRAP) | bit_of(SIGBUS) | bit_of(SIGFPE) |
                   bit_of(SIGILL),
             all = ~but;
    s->mask = mask_of(uc);
    memcpy(&uc->uc_sigmask, &all, sizeof all);
    uc->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

/* ---- faults */

/* memset is one place, however many instructions it stores with. */
static void merge(const struct full_regs *at, const struct stack_bounds *in, uintptr_t *pcs)
{
    const struct module *m = csan__module_find_live(at->r[16]);
    struct full_regs r = *at;
    bool exact = true;
    uintptr_t start = 0;
    if (m && m == csan__module_find_live(csan__surroundings_exit()) &&
        csan__unwind_step(&r, &exact, in, &start) == 0 && start)
        pcs[0] = start + 1;
}

static uint32_t stack_of(const ucontext_t *uc, const struct thread *t)
{
    uintptr_t pcs[UNWIND_DEPTH_MAX];
    struct full_regs at;
    struct stack_bounds in = {t->stack_lo, t->stack_hi};
    csan__unwind_of_signal(uc, &at);
    if (at.r[7] - in.lo >= in.hi - in.lo)
        in = (struct stack_bounds){0, 0};
    uint32_t most = (uint32_t)csan__options.stack_depth;
    struct walk w = csan__unwind_full(&at, true, &in, pcs, most);
    merge(&at, &in, pcs);
    return w.depth ? csan__stack_keep(pcs, w.depth, w.truncated) : 0;
}

/* A test that runs in its runner's process fails at its end. */
static void tell(const struct thread *t, const struct share_store *store, const ucontext_t *uc)
{
    struct full_regs at;
    uint64_t mask = mask_of(uc);
    csan__precise_stored(store);
    if (csan__options.on_mutation != ON_MUTATION_STOP || t->inside > 1)
        return;
    csan__unwind_of_signal(uc, &at);
    csan__session_stop_at(&at, &mask);
}

void csan__trap_tell(const struct share_store *store)
{
    struct full_regs at;
    csan__precise_stored(store);
    csan__unwind_here(&at);
    if (csan__options.on_mutation == ON_MUTATION_STOP)
        csan__session_stop_at(&at, NULL);
}

static bool is_again_and_again(const ucontext_t *uc, uintptr_t addr, int tid)
{
    static struct {
        uintptr_t pc, addr;
        uint32_t times;
        int tid;
    } last;
    uintptr_t pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
    if (last.pc != pc || last.addr != addr || last.tid != tid) {
        last.pc = pc;
        last.addr = addr;
        last.tid = tid;
        last.times = 0;
    }
    return ++last.times > PATIENCE;
}

/* True: the instruction goes on. */
static bool handle(struct thread *t, ucontext_t *uc, uintptr_t addr)
{
    bool is_store = uc->uc_mcontext.gregs[REG_ERR] & IS_STORE;
    struct step *s = step_of(t->tid);
    struct share_call c = {.self = t, .stack = s ? s->store.stack : stack_of(uc, t)};
    struct share_store store;
    enum share_access what = csan__precise_access(&c, addr, is_store, &store);
    if (what == ACCESS_NOT_OURS)
        return false;
    if (what == ACCESS_AGAIN)
        return !is_again_and_again(uc, addr, t->tid);
    if (s) { /* another page of the same instruction */
        open_page(s, addr);
        return true;
    }
    if (csan__string_store_do(uc)) {
        if (what == ACCESS_STEP)
            tell(t, &store, uc);
        return true;
    }
    s = begin_step(t->tid);
    if (!s) {
        csan__colour_open(addr & ~(CSAN_PAGE - 1)); /* too many at once: it stays open */
        return true;
    }
    s->is_told = what == ACCESS_STEP;
    s->store = store;
    open_page(s, addr);
    set_step(s, uc);
    return true;
}

/* What is to be done, on a stack of csan's: the program's alternate one may be small. */
struct work {
    struct thread *t;
    ucontext_t *uc;
    uintptr_t addr;            /* of a fault */
    struct share_store *store; /* of a step that has ended; NULL: a fault */
    bool done;
};

static void do_work(void *arg)
{
    struct work *w = arg;
    if (w->store)
        tell(w->t, w->store, w->uc);
    else
        w->done = handle(w->t, w->uc, w->addr);
}

static void work_apart(struct work *w)
{
    uint32_t i = 0, unused = 0;
    while (i < STACKS && !__atomic_compare_exchange_n(&stacks.taken[i], &unused, 1, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        unused = 0;
        i++;
    }
    csan__session_deeper(w->t);
    if (i < STACKS && stacks.room) {
        csan__os_call_on_stack(stacks.room + (i + 1) * STACK_BYTES, do_work, w);
        __atomic_store_n(&stacks.taken[i], 0, __ATOMIC_RELEASE);
    } else {
        do_work(w);
    }
    csan__session_up(w->t);
}

static bool on_segv(const siginfo_t *info, ucontext_t *uc)
{
    struct work w = {.t = csan__thread_get(), .uc = uc, .addr = (uintptr_t)info->si_addr};
    if (!w.t)
        return false;
    if (info->si_code > 0 && csan__colour_holds(w.addr))
        work_apart(&w);
    struct step *s = w.done ? NULL : step_of(w.t->tid);
    if (s)
        end_step(s, uc); /* it does something else that is wrong, too */
    return w.done;
}

static bool on_trap(ucontext_t *uc)
{
    struct work w = {.t = csan__thread_get(), .uc = uc};
    struct step *s = w.t ? step_of(w.t->tid) : NULL;
    if (!s)
        return false;
    struct share_store store = s->store;
    bool is_told = s->is_told;
    end_step(s, uc);
    w.store = &store;
    if (is_told)
        work_apart(&w);
    return true;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    if (sig == SIGSEGV ? on_segv(info, context) : on_trap(context))
        return;
    pass_on(sig, info, context);
}

void csan__trap_forked(void)
{
    for (uint32_t i = 0; i < STEPS; i++)
        steps[i].tid = 0;
    memset(stacks.taken, 0, sizeof stacks.taken);
}
