/* Signals that end the process: a verdict first, then the end that the signal means.
 *
 * Where a signal's disposition is the default, csan's handler stands in its place, and the program
 * is told (hook/signal.c) what it set itself. The handler gives the verdict, puts the default back
 * and lets the signal come again: a fault by returning to the instruction, any other by sending it
 * to this thread. The status that the parent sees, and the core, are the native ones. */
#include "base/os.h"
#include "record/unwind.h"
#include "session/trap.h"
#include "session/kernel_signal.h"
#include "session/private.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#define SIGNALS 65

static const int fatal[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGABRT,   SIGBUS,
                            SIGFPE,  SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,   SIGALRM,
                            SIGTERM, SIGXCPU, SIGXFSZ, SIGSYS,  SIGVTALRM, SIGPROF};

static struct {
    bool ours[SIGNALS];
    struct sigaction seen[SIGNALS]; /* what the program believes, where ours is true */
} signals;

static bool is_fatal(int sig)
{
    for (size_t i = 0; i < CSAN_COUNT(fatal); i++)
        if (fatal[i] == sig)
            return true;
    return false;
}

static void set(int sig, void (*handler)(int, siginfo_t *, void *))
{
    struct kernel_sigaction act = {.handler = handler,
                                   .flags = SA_SIGINFO | SA_ONSTACK | KERNEL_SA_RESTORER,
                                   .restorer = csan__os_sigreturn,
                                   .mask = ~(uint64_t)0};
    csan__kernel_sigaction(sig, &act, NULL);
}

static bool is_fault(const siginfo_t *info)
{
    return info->si_code > 0 && info->si_code != SI_KERNEL &&
           (info->si_signo == SIGSEGV || info->si_signo == SIGBUS || info->si_signo == SIGFPE ||
            info->si_signo == SIGILL);
}

/* The red zone counts as dead: mostly it holds what frames that have returned have left there. */
void csan__fatal_end(int sig, siginfo_t *info, void *context)
{
    struct full_regs at;
    csan__unwind_of_signal(context, &at);
    csan__session_end_by_signal(sig, &at);
    set(sig, NULL); /* the default */
    if (is_fault(info))
        return; /* the instruction faults again, at its own place */
    csan__os_tgkill(csan__os_pid(), csan__os_tid(), sig);
    uint64_t one = (uint64_t)1 << (sig - 1);
    csan__os_syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&one, 0, 8, 0, 0);
}

static void stand_in(int sig)
{
    signals.ours[sig] = true;
    set(sig, csan__fatal_end);
}

void csan__fatal_start(void)
{
    csan__dump_signal_start();
    for (size_t i = 0; i < CSAN_COUNT(fatal); i++) {
        struct kernel_sigaction now;
        if (!csan__dump_signal_is(fatal[i]) && !csan__trap_is(fatal[i]) &&
            csan__kernel_sigaction(fatal[i], NULL, &now) == 0 &&
            (uintptr_t)now.handler == (uintptr_t)SIG_DFL)
            stand_in(fatal[i]);
    }
}

bool csan__fatal_seen(int sig, struct sigaction *out)
{
    if (csan__dump_signal_seen(sig, out))
        return true;
    if (sig <= 0 || sig >= SIGNALS || !signals.ours[sig])
        return false;
    *out = signals.seen[sig];
    return true;
}

bool csan__fatal_keep(int sig, const struct sigaction *act)
{
    if (csan__dump_signal_keep(sig, act))
        return true;
    if (sig <= 0 || sig >= SIGNALS || !signals.ours[sig])
        return false;
    if (act->sa_handler != SIG_DFL) {
        signals.ours[sig] = false;
        return false;
    }
    signals.seen[sig] = *act;
    return true;
}

void csan__fatal_set(int sig, const struct sigaction *act)
{
    if (!csan__session_is_armed() || act->sa_handler != SIG_DFL || !is_fatal(sig))
        return;
    signals.seen[sig] = *act;
    stand_in(sig);
}
