/* Calls in which the kernel lets a thread sleep: told before and after, and passed on as they are.
 *
 * What cannot sleep by what was asked (MSG_DONTWAIT, a time-out of 0) is passed straight on. Calls
 * of stdio's reach the kernel inside libc, unseen (tests/blocking/classified.txt). */
#include "hook/land.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>

CSAN_API ssize_t HOOK_NAME(read)(int fd, void *to, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "read", false, read(fd, home, n));
}

CSAN_API ssize_t HOOK_NAME(__read_chk)(int fd, void *to, size_t n, size_t room)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "read", false, __read_chk(fd, home, n, room));
}

CSAN_API ssize_t HOOK_NAME(pread)(int fd, void *to, size_t n, off_t at_byte)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "pread", false, pread(fd, home, n, at_byte));
}

CSAN_API ssize_t HOOK_NAME(pread64)(int fd, void *to, size_t n, off64_t at_byte)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "pread", false, pread64(fd, home, n, at_byte));
}

CSAN_API ssize_t HOOK_NAME(readv)(int fd, const struct iovec *to, int n)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP_PARTS(to, n, SYNC_IO, fd, "readv", readv(fd, home, n));
}

CSAN_API ssize_t HOOK_NAME(write)(int fd, const void *from, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    NAP(ssize_t, SYNC_IO, fd, "write", false, write(fd, from, n));
}

CSAN_API ssize_t HOOK_NAME(writev)(int fd, const struct iovec *from, int n)
{
    struct regs at = REGS_OF_CALLER();
    NAP(ssize_t, SYNC_IO, fd, "writev", false, writev(fd, from, n));
}

CSAN_API ssize_t HOOK_NAME(recv)(int fd, void *to, size_t n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.recv(fd, to, n, flags) : -1;
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "recv", false, recv(fd, home, n, flags));
}

CSAN_API ssize_t HOOK_NAME(__recv_chk)(int fd, void *to, size_t n, size_t room, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.__recv_chk(fd, to, n, room, flags) : -1;
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "recv", false, __recv_chk(fd, home, n, room, flags));
}

CSAN_API ssize_t HOOK_NAME(recvfrom)(int fd, void *restrict to, size_t n, int flags,
                                     __SOCKADDR_ARG from, socklen_t *restrict length)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.recvfrom(fd, to, n, flags, from, length) : -1;
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "recvfrom", false,
             recvfrom(fd, home, n, flags, from, length));
}

CSAN_API ssize_t HOOK_NAME(__recvfrom_chk)(int fd, void *restrict to, size_t n, size_t room,
                                           int flags, __SOCKADDR_ARG from,
                                           socklen_t *restrict length)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.__recvfrom_chk(fd, to, n, room, flags, from, length)
                                  : -1;
    LAND_NAP(ssize_t, to, SYNC_IO, fd, "recvfrom", false,
             __recvfrom_chk(fd, home, n, room, flags, from, length));
}

/* Where m's parts are shares the kernel is given a copy of it. */
static ssize_t receive_on_share(int fd, struct msghdr *m, int flags, const struct regs *caller)
{
    struct regs at = *caller;
    struct iovec homes[LAND_PARTS], *to = m->msg_iov;
    struct msghdr copy = *m;
    struct landing landing;
    ssize_t result;
    copy.msg_iov =
        (struct iovec *)csan__land_parts(&landing, to, m->msg_iovlen, homes, "recvmsg", &at);
    NAP_INTO(result, SYNC_IO, fd, "recvmsg", false, recvmsg(fd, &copy, flags));
    copy.msg_iov = to;
    *m = copy;
    landed(&landing, result > 0);
    return result;
}

CSAN_API ssize_t HOOK_NAME(recvmsg)(int fd, struct msghdr *m, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (csan__colour_bytes && m && csan__land_is_on_share(m->msg_iov, m->msg_iovlen))
        return receive_on_share(fd, m, flags, &at);
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.recvmsg(fd, m, flags) : -1;
    NAP(ssize_t, SYNC_IO, fd, "recvmsg", false, recvmsg(fd, m, flags));
}

CSAN_API int HOOK_NAME(recvmmsg)(int fd, struct mmsghdr *m, unsigned n, int flags,
                                 struct timespec *time)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.recvmmsg(fd, m, n, flags, time) : -1;
    NAP(int, SYNC_IO, fd, "recvmmsg", time != NULL, recvmmsg(fd, m, n, flags, time));
}

CSAN_API ssize_t HOOK_NAME(send)(int fd, const void *from, size_t n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.send(fd, from, n, flags) : -1;
    NAP(ssize_t, SYNC_IO, fd, "send", false, send(fd, from, n, flags));
}

CSAN_API ssize_t HOOK_NAME(sendto)(int fd, const void *from, size_t n, int flags,
                                   __CONST_SOCKADDR_ARG to, socklen_t length)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.sendto(fd, from, n, flags, to, length) : -1;
    NAP(ssize_t, SYNC_IO, fd, "sendto", false, sendto(fd, from, n, flags, to, length));
}

CSAN_API ssize_t HOOK_NAME(sendmsg)(int fd, const struct msghdr *m, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.sendmsg(fd, m, flags) : -1;
    NAP(ssize_t, SYNC_IO, fd, "sendmsg", false, sendmsg(fd, m, flags));
}

CSAN_API int HOOK_NAME(sendmmsg)(int fd, struct mmsghdr *m, unsigned n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.sendmmsg(fd, m, n, flags) : -1;
    NAP(int, SYNC_IO, fd, "sendmmsg", false, sendmmsg(fd, m, n, flags));
}

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

/* ---- syscall(2): futex is told, all else goes to libc's function by a jump, so that clone and
 * vfork find the stack as they would without csan ---- */

static long first_syscall(long nr, long a, long b, long c, long d, long e, long f)
    __attribute__((used));
static long futex_call(long nr, long word, long op, long value, long time, long word2, long value3)
    __attribute__((used));
static long (*real_syscall)(long, ...) __attribute__((used)) = (long (*)(long, ...))first_syscall;

static long first_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
    if (!csan__real_ready())
        return -1;
    __atomic_store_n(&real_syscall, csan__real.syscall, __ATOMIC_RELEASE);
    return csan__real.syscall(nr, a, b, c, d, e, f);
}

static bool sleeps(long op)
{
    switch (op & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        return true;
    default:
        return false;
    }
}

/* No cancellation point. */
static long futex_call(long nr, long word, long op, long value, long time, long word2, long value3)
{
    struct regs at = REGS_OF_CALLER();
    struct nap nap = {NULL};
    if (sleeps(op))
        nap_begin(&nap, SYNC_FUTEX, (uintptr_t)word, "futex", time != 0, &at);
    long result = csan__real_ready()
                      ? SLEEP_IN(csan__real.syscall(nr, word, op, value, time, word2, value3))
                      : -1;
    nap_end(&nap, result == 0);
    return result;
}

__attribute__((naked)) CSAN_API long HOOK_NAME(syscall)(__attribute__((unused)) long nr, ...)
{
    __asm__("cmpq $202, %rdi\n\t" /* SYS_futex */
            "je futex_call\n\t"
            "jmp *real_syscall(%rip)");
}
_Static_assert(SYS_futex == 202, "the number in the instruction above");
