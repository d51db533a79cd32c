/* What the program sets and sees of signals: csan's handlers for fatal ones (session/fatal.c) stand
 * where the program has the default, and are never shown to it. */
#include "hook/guard.h"
#include "session/trap.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* After the session's start, before anything of the program's. */
__attribute__((constructor(103))) static void stand_in(void)
{
    if (csan__session_is_armed())
        csan__fatal_start();
}

CSAN_API int sigaction(int sig, const struct sigaction *restrict act,
                       struct sigaction *restrict old)
{
    struct sigaction seen, wanted;
    csan__real_ready();
    if (act)
        wanted = *act; /* old may be the same memory */
    if (csan__trap_is(sig)) {
        csan__trap_action(sig, act ? &wanted : NULL, old);
        return 0;
    }
    if (act)
        csan__trap_unblock(&wanted.sa_mask);
    bool ours = csan__fatal_seen(sig, &seen);
    int result = 0;
    if (!ours || (act && !csan__fatal_keep(sig, &wanted)))
        result = csan__real.sigaction(sig, act ? &wanted : NULL, ours ? NULL : old);
    if (result == 0 && ours && old)
        *old = seen;
    if (result == 0 && act && !ours)
        csan__fatal_set(sig, &wanted);
    return result;
}

/* BSD's, as signal(): restarts calls. System V's, as sysv_signal(): once, and breaks them off. */
static sighandler_t set(int sig, sighandler_t handler, int flags)
{
    struct sigaction act = {.sa_handler = handler, .sa_flags = flags}, old;
    if (handler == SIG_ERR) {
        errno = EINVAL;
        return SIG_ERR;
    }
    sigemptyset(&act.sa_mask);
    if (!((unsigned)flags & SA_RESETHAND))
        sigaddset(&act.sa_mask, sig);
    return HOOK_NAME(sigaction)(sig, &act, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* Real signal() knows siginterrupt(): used wherever csan does not stand in. */
CSAN_API sighandler_t signal(int sig, sighandler_t handler)
{
    struct sigaction seen, wanted = {.sa_handler = handler};
    csan__real_ready();
    bool ours = csan__trap_is(sig) || csan__fatal_seen(sig, &seen);
    if (csan__trap_is(sig) || (ours && (handler == SIG_DFL || csan__dump_signal_is(sig))))
        return set(sig, handler, SA_RESTART);
    if (ours && handler != SIG_ERR)
        csan__fatal_keep(sig, &wanted);
    sighandler_t old = csan__real.signal(sig, handler);
    if (old == SIG_ERR)
        return old;
    if (!ours)
        csan__fatal_set(sig, &wanted);
    return ours ? seen.sa_handler : old;
}

CSAN_API sighandler_t bsd_signal(int sig, sighandler_t handler)
{
    return HOOK_NAME(signal)(sig, handler);
}

CSAN_API sighandler_t sysv_signal(int sig, sighandler_t handler)
{
    return set(sig, handler, (int)(SA_RESETHAND | SA_NODEFER));
}

CSAN_API sighandler_t __sysv_signal(int sig, sighandler_t handler)
{
    return HOOK_NAME(sysv_signal)(sig, handler);
}

/* SIGSEGV is never really blocked where faults are csan's: a store through a share would end the
 * process. The thread's record has what the program believes. */
static int set_mask(int (*real)(int, const sigset_t *, sigset_t *), int how, const sigset_t *set,
                    sigset_t *old)
{
    struct thread *t = csan__trap_is(SIGSEGV) ? csan__thread_get() : NULL;
    sigset_t wanted, before;
    if (!t)
        return real(how, set, old);
    bool named = false;
    if (set) {
        wanted = *set; /* old may be the same memory */
        named = csan__trap_unblock(&wanted);
    }
    int failed = real(how, set ? &wanted : NULL, &before);
    if (failed)
        return failed;
    csan__trap_show_mask(&t->segv, &before);
    if (set && (how == SIG_SETMASK || named)) {
        t->segv.blocked = how == SIG_BLOCK || (how == SIG_SETMASK && named);
        t->segv.in_handler &= how == SIG_BLOCK;
    }
    if (old)
        *old = before;
    return 0;
}

CSAN_API int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    csan__real_ready();
    return set_mask(csan__real.sigprocmask, how, set, old);
}

CSAN_API int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    csan__real_ready();
    return set_mask(csan__real.pthread_sigmask, how, set, old);
}
