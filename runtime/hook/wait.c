/* Calls in which the kernel lets a thread sleep: told before and after, and passed on as they are.
 * Those by which bytes come and go are transfer.c's, futex is syscall.c's.
 *
 * What cannot sleep by what was asked (a time-out of 0) is passed straight on. Calls of stdio's
 * reach the kernel inside libc, unseen (tests/blocking/classified.txt). */
#include "hook/nap.h"
#include "session/trap.h"

#include <errno.h>
#include <stdarg.h>

CSAN_API int HOOK_NAME(accept)(int fd, __SOCKADDR_ARG from, socklen_t *restrict length)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, fd, "accept", false, accept(fd, from, length));
}

CSAN_API int HOOK_NAME(accept4)(int fd, __SOCKADDR_ARG from, socklen_t *restrict length, int flags)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, fd, "accept4", false, accept4(fd, from, length, flags));
}

CSAN_API int HOOK_NAME(connect)(int fd, __CONST_SOCKADDR_ARG to, socklen_t length)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, fd, "connect", false, connect(fd, to, length));
}

CSAN_API int HOOK_NAME(poll)(struct pollfd *fds, nfds_t n, int ms)
{
    struct regs at = REGS_OF_CALLER();
    if (ms == 0)
        return csan__real_ready() ? csan__real.poll(fds, n, ms) : -1;
    NAP(int, SYNC_IO, -1, "poll", ms >= 0, poll(fds, n, ms));
}

CSAN_API int HOOK_NAME(__poll_chk)(struct pollfd *fds, nfds_t n, int ms, size_t room)
{
    struct regs at = REGS_OF_CALLER();
    if (ms == 0)
        return csan__real_ready() ? csan__real.__poll_chk(fds, n, ms, room) : -1;
    NAP(int, SYNC_IO, -1, "poll", ms >= 0, __poll_chk(fds, n, ms, room));
}

CSAN_API int HOOK_NAME(ppoll)(struct pollfd *fds, nfds_t n, const struct timespec *time,
                              const sigset_t *mask)
{
    struct regs at = REGS_OF_CALLER();
    sigset_t less;
    const sigset_t *volatile const shown = csan__trap_mask(mask, &less);
    NAP(int, SYNC_IO, -1, "ppoll", time != NULL, ppoll(fds, n, time, shown));
}

CSAN_API int HOOK_NAME(__ppoll_chk)(struct pollfd *fds, nfds_t n, const struct timespec *time,
                                    const sigset_t *mask, size_t room)
{
    struct regs at = REGS_OF_CALLER();
    sigset_t less;
    const sigset_t *volatile const shown = csan__trap_mask(mask, &less);
    NAP(int, SYNC_IO, -1, "ppoll", time != NULL, __ppoll_chk(fds, n, time, shown, room));
}

CSAN_API int HOOK_NAME(select)(int n, fd_set *restrict in, fd_set *restrict out,
                               fd_set *restrict bad, struct timeval *restrict time)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, -1, "select", time != NULL, select(n, in, out, bad, time));
}

CSAN_API int HOOK_NAME(pselect)(int n, fd_set *restrict in, fd_set *restrict out,
                                fd_set *restrict bad, const struct timespec *restrict time,
                                const sigset_t *restrict mask)
{
    struct regs at = REGS_OF_CALLER();
    sigset_t less;
    const sigset_t *volatile const shown = csan__trap_mask(mask, &less);
    NAP(int, SYNC_IO, -1, "pselect", time != NULL, pselect(n, in, out, bad, time, shown));
}

CSAN_API int HOOK_NAME(epoll_wait)(int fd, struct epoll_event *to, int n, int ms)
{
    struct regs at = REGS_OF_CALLER();
    if (ms == 0)
        return csan__real_ready() ? csan__real.epoll_wait(fd, to, n, ms) : -1;
    NAP(int, SYNC_IO, fd, "epoll_wait", ms >= 0, epoll_wait(fd, to, n, ms));
}

CSAN_API int HOOK_NAME(epoll_pwait)(int fd, struct epoll_event *to, int n, int ms,
                                    const sigset_t *mask)
{
    struct regs at = REGS_OF_CALLER();
    sigset_t less;
    const sigset_t *volatile const shown = csan__trap_mask(mask, &less);
    if (ms == 0)
        return csan__real_ready() ? csan__real.epoll_pwait(fd, to, n, ms, shown) : -1;
    NAP(int, SYNC_IO, fd, "epoll_pwait", ms >= 0, epoll_pwait(fd, to, n, ms, shown));
}

CSAN_API int HOOK_NAME(epoll_pwait2)(int fd, struct epoll_event *to, int n,
                                     const struct timespec *time, const sigset_t *mask)
{
    struct regs at = REGS_OF_CALLER();
    sigset_t less;
    const sigset_t *volatile const shown = csan__trap_mask(mask, &less);
    NAP(int, SYNC_IO, fd, "epoll_pwait2", time != NULL, epoll_pwait2(fd, to, n, time, shown));
}

CSAN_API int HOOK_NAME(nanosleep)(const struct timespec *time, struct timespec *left)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_SLEEP, 0, "nanosleep", true, nanosleep(time, left));
}

CSAN_API int HOOK_NAME(clock_nanosleep)(clockid_t clock, int flags, const struct timespec *time,
                                        struct timespec *left)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_SLEEP, 0, "clock_nanosleep", true, clock_nanosleep(clock, flags, time, left));
}

CSAN_API int HOOK_NAME(usleep)(useconds_t us)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_SLEEP, 0, "usleep", true, usleep(us));
}

CSAN_API unsigned HOOK_NAME(sleep)(unsigned seconds)
{
    struct regs at = REGS_OF_CALLER();
    NAP(unsigned, SYNC_SLEEP, 0, "sleep", true, sleep(seconds));
}

CSAN_API int HOOK_NAME(thrd_sleep)(const struct timespec *time, struct timespec *left)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_SLEEP, 0, "thrd_sleep", true, thrd_sleep(time, left));
}

CSAN_API int HOOK_NAME(pause)(void)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, -1, "pause", false, pause());
}

CSAN_API int HOOK_NAME(sigsuspend)(const sigset_t *mask)
{
    struct regs at = REGS_OF_CALLER();
    sigset_t less;
    const sigset_t *volatile const shown = csan__trap_mask(mask, &less);
    NAP(int, SYNC_IO, -1, "sigsuspend", false, sigsuspend(shown));
}

CSAN_API int HOOK_NAME(sigwait)(const sigset_t *restrict set, int *restrict sig)
{
    struct regs at = REGS_OF_CALLER();
    int failed;
    NAP_INTO(failed, SYNC_IO, -1, "sigwait", false, sigwait(set, sig));
    if (!failed)
        csan__dump_signal_taken(*sig);
    return failed;
}

CSAN_API int HOOK_NAME(sigwaitinfo)(const sigset_t *restrict set, siginfo_t *restrict info)
{
    struct regs at = REGS_OF_CALLER();
    int sig;
    uint32_t passed = csan__dump_signal_passed();
    do {
        NAP_INTO(sig, SYNC_IO, -1, "sigwaitinfo", false, sigwaitinfo(set, info));
    } while (sig < 0 && errno == EINTR && csan__dump_signal_stolen(set, &passed));
    csan__dump_signal_taken(sig);
    return sig;
}

CSAN_API int HOOK_NAME(sigtimedwait)(const sigset_t *restrict set, siginfo_t *restrict info,
                                     const struct timespec *restrict time)
{
    struct regs at = REGS_OF_CALLER();
    int sig;
    uint32_t passed = csan__dump_signal_passed();
    do {
        NAP_INTO(sig, SYNC_IO, -1, "sigtimedwait", true, sigtimedwait(set, info, time));
    } while (sig < 0 && errno == EINTR && csan__dump_signal_stolen(set, &passed));
    csan__dump_signal_taken(sig);
    return sig;
}

CSAN_API int HOOK_NAME(flock)(int fd, int how)
{
    struct regs at = REGS_OF_CALLER();
    if (how & (LOCK_NB | LOCK_UN))
        return csan__real_ready() ? csan__real.flock(fd, how) : -1;
    NAP(int, SYNC_IO, fd, "flock", false, flock(fd, how));
}

CSAN_API int HOOK_NAME(lockf)(int fd, int how, off_t n)
{
    struct regs at = REGS_OF_CALLER();
    if (how != F_LOCK)
        return csan__real_ready() ? csan__real.lockf(fd, how, n) : -1;
    NAP(int, SYNC_IO, fd, "lockf", false, lockf(fd, how, n));
}

CSAN_API int HOOK_NAME(lockf64)(int fd, int how, off64_t n)
{
    struct regs at = REGS_OF_CALLER();
    if (how != F_LOCK)
        return csan__real_ready() ? csan__real.lockf64(fd, how, n) : -1;
    NAP(int, SYNC_IO, fd, "lockf", false, lockf64(fd, how, n));
}

CSAN_API ssize_t HOOK_NAME(msgrcv)(int id, void *to, size_t n, long type, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & IPC_NOWAIT)
        return csan__real_ready() ? csan__real.msgrcv(id, to, n, type, flags) : -1;
    NAP(ssize_t, SYNC_IO, id, "msgrcv", false, msgrcv(id, to, n, type, flags));
}

CSAN_API int HOOK_NAME(msgsnd)(int id, const void *from, size_t n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & IPC_NOWAIT)
        return csan__real_ready() ? csan__real.msgsnd(id, from, n, flags) : -1;
    NAP(int, SYNC_IO, id, "msgsnd", false, msgsnd(id, from, n, flags));
}

CSAN_API int HOOK_NAME(semop)(int id, struct sembuf *ops, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, id, "semop", false, semop(id, ops, n));
}

CSAN_API int HOOK_NAME(semtimedop)(int id, struct sembuf *ops, size_t n,
                                   const struct timespec *time)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, id, "semtimedop", time != NULL, semtimedop(id, ops, n, time));
}

CSAN_API ssize_t HOOK_NAME(mq_receive)(mqd_t q, char *to, size_t n, unsigned *priority)
{
    struct regs at = REGS_OF_CALLER();
    NAP(ssize_t, SYNC_IO, q, "mq_receive", false, mq_receive(q, to, n, priority));
}

CSAN_API ssize_t HOOK_NAME(mq_timedreceive)(mqd_t q, char *restrict to, size_t n,
                                            unsigned *restrict priority,
                                            const struct timespec *restrict until)
{
    struct regs at = REGS_OF_CALLER();
    NAP(ssize_t, SYNC_IO, q, "mq_timedreceive", true, mq_timedreceive(q, to, n, priority, until));
}

CSAN_API int HOOK_NAME(mq_send)(mqd_t q, const char *from, size_t n, unsigned priority)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, q, "mq_send", false, mq_send(q, from, n, priority));
}

CSAN_API int HOOK_NAME(mq_timedsend)(mqd_t q, const char *from, size_t n, unsigned priority,
                                     const struct timespec *until)
{
    struct regs at = REGS_OF_CALLER();
    NAP(int, SYNC_IO, q, "mq_timedsend", true, mq_timedsend(q, from, n, priority, until));
}

static bool waits_for_lock(int what)
{
    return what == F_SETLKW || what == F_OFD_SETLKW;
}

/* The argument is an int or a pointer: a register of either is passed on as it is. */
#define FCNTL(name)                                                                                \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        va_list list;                                                                              \
        va_start(list, what);                                                                      \
        void *argument = va_arg(list, void *);                                                     \
        va_end(list);                                                                              \
        if (!waits_for_lock(what))                                                                 \
            return csan__real_ready() ? csan__real.name(fd, what, argument) : -1;                  \
        NAP(int, SYNC_IO, fd, "fcntl", false, name(fd, what, argument));                           \
    } while (0)

CSAN_API int HOOK_NAME(fcntl)(int fd, int what, ...)
{
    FCNTL(fcntl);
}

CSAN_API int HOOK_NAME(fcntl64)(int fd, int what, ...)
{
    FCNTL(fcntl64);
}
