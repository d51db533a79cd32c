/* CSAN_DUMP_SIGNAL: a signal upon which all threads are printed, and nothing ends.
 *
 *   any thread: handler ──┐                       ┌─▶ the program's own handler, if it has one
 *   sigwait of the program┼─▶ wanted ─▶ watchdog: dump
 *   all threads block it ─┘   (the watchdog takes the signal, and sends it on as it was)
 *
 * csan's handler stands in the kernel for as long as the process lives; what the program sets is
 * kept here, is what it is shown (hook/signal.c), and is called by that handler with the flags and
 * mask that the program wanted. Where it has the default, or ignores the signal, a system call that
 * the handler broke off is begun again. The dump itself is made by the watchdog, within a tenth of
 * a second: the thread that the kernel chose is not held up. */
#include "base/options.h"
#include "base/os.h"
#include "session/kernel_signal.h"
#include "session/private.h"
#include "session/resume.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

#define MS ((uint64_t)1000000u)

static struct {
    int sig;               /* 0: none */
    struct sigaction seen; /* what the program believes */
    uint32_t wanted;       /* a dump is owed */
    uint32_t is_passed_on; /* the watchdog took it and has sent it again: that one asks for none */
    bool is_pending_again; /* the same, and nobody has taken it yet; the watchdog's own */
    uint32_t passed;       /* how often it has done so */
} dump;

static bool program_has_handler(const struct sigaction *seen)
{
    return seen->sa_handler != SIG_DFL && seen->sa_handler != SIG_IGN;
}

static void ask(void)
{
    if (csan__os_pid() != csan__session_pid())
        return; /* a child of vfork */
    if (!__atomic_exchange_n(&dump.is_passed_on, 0, __ATOMIC_ACQ_REL))
        __atomic_store_n(&dump.wanted, 1, __ATOMIC_RELEASE);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    struct sigaction seen = dump.seen;
    ask();
    if (!program_has_handler(&seen)) {
        csan__resume_call(context, TASK_UNKNOWN, 0);
        return;
    }
    if ((unsigned)seen.sa_flags & SA_RESETHAND)
        csan__dump_signal_keep(sig, &(struct sigaction){.sa_handler = SIG_DFL});
    seen.sa_sigaction(sig, info, context);
}

/* As the program would have it, but for what stands there. */
static void stand_in(void)
{
    const struct sigaction *seen = &dump.seen;
    struct kernel_sigaction act = {.handler = on_signal,
                                   .flags =
                                       SA_SIGINFO | SA_ONSTACK | SA_RESTART | KERNEL_SA_RESTORER,
                                   .restorer = csan__os_sigreturn};
    if (program_has_handler(seen)) {
        unsigned kept = SA_ONSTACK | SA_RESTART | SA_NODEFER;
        act.flags = SA_SIGINFO | KERNEL_SA_RESTORER | ((unsigned)seen->sa_flags & kept);
        memcpy(&act.mask, &seen->sa_mask, sizeof act.mask);
    }
    csan__kernel_sigaction(dump.sig, &act, NULL);
}

void csan__dump_signal_start(void)
{
    static const int signals[] = {
        [DUMP_HUP] = SIGHUP, [DUMP_QUIT] = SIGQUIT, [DUMP_USR1] = SIGUSR1, [DUMP_USR2] = SIGUSR2};
    struct kernel_sigaction now;
    dump.sig = signals[csan__options.dump_signal];
    if (!dump.sig || csan__kernel_sigaction(dump.sig, NULL, &now) != 0)
        return;
    dump.seen.sa_sigaction = now.handler;
    dump.seen.sa_flags = (int)(now.flags & ~(unsigned long)KERNEL_SA_RESTORER);
    memcpy(&dump.seen.sa_mask, &now.mask, sizeof now.mask);
    stand_in();
}

bool csan__dump_signal_is(int sig)
{
    return sig > 0 && sig == dump.sig;
}

bool csan__dump_signal_seen(int sig, struct sigaction *out)
{
    if (!csan__dump_signal_is(sig))
        return false;
    *out = dump.seen;
    return true;
}

bool csan__dump_signal_keep(int sig, const struct sigaction *act)
{
    if (!csan__dump_signal_is(sig))
        return false;
    dump.seen = *act;
    stand_in();
    return true;
}

/* A handler of csan's would become the default in the new image: ignored is to stay ignored. */
void csan__dump_signal_exec(bool begins)
{
    struct kernel_sigaction ignore = {.flags = 0};
    if (!dump.sig || dump.seen.sa_handler != SIG_IGN)
        return;
    if (!begins) {
        stand_in();
        return;
    }
    memcpy(&ignore.handler, &dump.seen.sa_sigaction, sizeof ignore.handler);
    csan__kernel_sigaction(dump.sig, &ignore, NULL);
}

void csan__dump_signal_taken(int sig)
{
    if (csan__dump_signal_is(sig))
        ask();
}

bool csan__dump_signal_wanted(void)
{
    return __atomic_load_n(&dump.wanted, __ATOMIC_RELAXED) &&
           __atomic_exchange_n(&dump.wanted, 0, __ATOMIC_ACQ_REL);
}

static bool is_pending(void)
{
    uint64_t pending = 0;
    csan__os_syscall(SYS_rt_sigpending, (long)&pending, sizeof pending, 0, 0, 0, 0);
    return pending >> (dump.sig - 1) & 1;
}

/* Whoever waits for it, or reads it from a signalfd, is to have it: as it was sent. It is given the
 * time to take it, so that the next one is told from this one. */
static void pass_on(siginfo_t *info)
{
    uint32_t never = 0;
    ask();
    __atomic_store_n(&dump.is_passed_on, 1, __ATOMIC_RELEASE);
    __atomic_add_fetch(&dump.passed, 1, __ATOMIC_RELEASE);
    if (csan__os_syscall(SYS_rt_sigqueueinfo, csan__os_pid(), dump.sig, (long)info, 0, 0, 0) != 0)
        csan__os_syscall(SYS_kill, csan__os_pid(), dump.sig, 0, 0, 0, 0); /* it came by kill */
    for (int i = 0; i < 10 && is_pending(); i++)
        csan__os_futex_wait(&never, 0, MS);
    dump.is_pending_again = is_pending();
}

void csan__dump_signal_nap(uint64_t ns)
{
    uint32_t never = 0;
    uint64_t set = (uint64_t)1 << (dump.sig - 1);
    struct timespec time = {0, (long)ns};
    siginfo_t info;
    dump.is_pending_again = dump.is_pending_again &&
                            __atomic_load_n(&dump.is_passed_on, __ATOMIC_ACQUIRE) && is_pending();
    if (!dump.is_pending_again)
        __atomic_store_n(&dump.is_passed_on, 0, __ATOMIC_RELEASE);
    if (!dump.sig || dump.is_pending_again)
        csan__os_futex_wait(&never, 0, ns);
    else if (csan__os_syscall(SYS_rt_sigtimedwait, (long)&set, (long)&info, (long)&time, sizeof set,
                              0, 0) == dump.sig)
        pass_on(&info);
}

uint32_t csan__dump_signal_passed(void)
{
    return __atomic_load_n(&dump.passed, __ATOMIC_ACQUIRE);
}

bool csan__dump_signal_stolen(const sigset_t *set, uint32_t *passed)
{
    uint32_t never = 0, before = *passed;
    if (!dump.sig || sigismember(set, dump.sig) != 1)
        return false;
    if (csan__dump_signal_passed() == before)
        csan__os_futex_wait(&never, 0, MS);
    *passed = csan__dump_signal_passed();
    return *passed != before;
}

void csan__dump_signal_forked(void)
{
    dump.wanted = dump.is_passed_on = 0;
    dump.is_pending_again = false;
}
