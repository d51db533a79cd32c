/* SIGSEGV and SIGTRAP as the program has set them, and what it sees of them: trap.h. */
#include "base/options.h"
#include "base/os.h"
#include "record/thread.h"
#include "session/kernel_signal.h"
#include "session/private.h"
#include "session/trap_private.h"

#include <sys/syscall.h>

#define MARK SIGSTKFLT /* its bit of a mask turned over: SIGSEGV would be blocked here */

static struct {
    bool on;
    void (*handler)(int, siginfo_t *, void *); /* csan's, of both */
    struct sigaction segv, trap;               /* as the program has set them */
} faults;

bool csan__trap_is(int sig)
{
    return CSAN_UNLIKELY(faults.on) && (sig == SIGSEGV || sig == SIGTRAP);
}

static struct sigaction *seen(int sig)
{
    return sig == SIGSEGV ? &faults.segv : &faults.trap;
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
    struct kernel_sigaction k = {.handler = faults.handler,
                                 .flags = flags | SA_SIGINFO | KERNEL_SA_RESTORER,
                                 .restorer = csan__os_sigreturn};
    if (none)
        k.mask = ~(uint64_t)0;
    else
        memcpy(&k.mask, &act->sa_mask, sizeof k.mask);
    k.mask &= ~csan__trap_bit(SIGSEGV);
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
        uint64_t old = change_mask(SIG_UNBLOCK, csan__trap_bit(SIGSEGV));
        t->segv.blocked = is_blocked || old & csan__trap_bit(SIGSEGV);
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

void csan__trap_program_start(void (*on_fault)(int, siginfo_t *, void *))
{
    faults.on = true;
    faults.handler = on_fault;
    learn(SIGSEGV);
    learn(SIGTRAP);
    struct thread *t = csan__thread_get();
    if (t)
        csan__trap_thread_began(t, false);
}

/* Where the thread stood: in a handler of the program's that blocks SIGSEGV? When it has left that
 * by siglongjmp, the mark is gone. */
static bool was_in_handler(const struct thread *t, const ucontext_t *uc)
{
    return t && t->segv.in_handler &&
           !!(csan__trap_mask_of(uc) & csan__trap_bit(MARK)) == t->segv.mark;
}

/* Stores of the handler are faults of csan's as all others are. */
static void block_in_handler(struct thread *t, const struct sigaction *act, const ucontext_t *uc)
{
    bool had = csan__trap_mask_of(uc) & csan__trap_bit(MARK);
    change_mask(had ? SIG_UNBLOCK : SIG_BLOCK, csan__trap_bit(MARK));
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
    uint64_t mask = csan__trap_mask_of(uc) | csan__trap_bit(SIGSEGV);
    memcpy(&uc->uc_sigmask, &mask, sizeof mask);
    change_mask(SIG_BLOCK, csan__trap_bit(SIGSEGV));
    csan__os_syscall(SYS_rt_tgsigqueueinfo, csan__os_pid(), csan__os_tid(), SIGSEGV, (long)info, 0,
                     0);
}

void csan__trap_pass_on(int sig, siginfo_t *info, void *context)
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
