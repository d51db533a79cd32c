/* Calls by which bytes go between the kernel and the program's memory: told before and after where
 * they may sleep, and passed on as they are.
 *
 * What cannot sleep by what was asked (MSG_DONTWAIT) is passed straight on, but for memory of
 * share=precise (land.h), for which alone those of the second half are here. */
#include "hook/land.h"

#include <errno.h>

CSAN_API ssize_t HOOK_NAME(read)(int fd, void *to, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "read", false, read(fd, home, n));
}

CSAN_API ssize_t HOOK_NAME(__read_chk)(int fd, void *to, size_t n, size_t room)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "read", false, __read_chk(fd, home, n, room));
}

CSAN_API ssize_t HOOK_NAME(pread)(int fd, void *to, size_t n, off_t at_byte)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "pread", false, pread(fd, home, n, at_byte));
}

CSAN_API ssize_t HOOK_NAME(pread64)(int fd, void *to, size_t n, off64_t at_byte)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "pread", false, pread64(fd, home, n, at_byte));
}

CSAN_API ssize_t HOOK_NAME(readv)(int fd, const struct iovec *to, int n)
{
    struct regs at = REGS_OF_CALLER();
    LAND_NAP_PARTS(to, n, SYNC_IO, fd, "readv", readv(fd, home, n));
}

CSAN_API ssize_t HOOK_NAME(write)(int fd, const void *from, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    lift(from, n, "write", &at);
    NAP(ssize_t, SYNC_IO, fd, "write", false, write(fd, from, n));
}

CSAN_API ssize_t HOOK_NAME(writev)(int fd, const struct iovec *from, int n)
{
    struct regs at = REGS_OF_CALLER();
    lift_parts(from, n, "writev", &at);
    NAP(ssize_t, SYNC_IO, fd, "writev", false, writev(fd, from, n));
}

CSAN_API ssize_t HOOK_NAME(recv)(int fd, void *to, size_t n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.recv(fd, to, n, flags) : -1;
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "recv", false, recv(fd, home, n, flags));
}

CSAN_API ssize_t HOOK_NAME(__recv_chk)(int fd, void *to, size_t n, size_t room, int flags)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.__recv_chk(fd, to, n, room, flags) : -1;
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "recv", false, __recv_chk(fd, home, n, room, flags));
}

CSAN_API ssize_t HOOK_NAME(recvfrom)(int fd, void *restrict to, size_t n, int flags,
                                     __SOCKADDR_ARG from, socklen_t *restrict length)
{
    struct regs at = REGS_OF_CALLER();
    if (flags & MSG_DONTWAIT && !csan__colour_holds((uintptr_t)to))
        return csan__real_ready() ? csan__real.recvfrom(fd, to, n, flags, from, length) : -1;
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "recvfrom", false,
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
    LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "recvfrom", false,
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
    landed(&landing, result);
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

/* So many parts of messages that are on shares; those of the others stay where they are. */
static size_t parts_on_shares(const struct mmsghdr *m, unsigned n)
{
    size_t parts = 0;
    for (unsigned k = 0; k < n; k++)
        if (csan__land_is_on_share(m[k].msg_hdr.msg_iov, m[k].msg_hdr.msg_iovlen))
            parts += m[k].msg_hdr.msg_iovlen;
    return parts;
}

/* As receive_on_share, for many. n <= LAND_PARTS, and so is the number of their parts. */
static int receive_all_on_shares(int fd, struct mmsghdr *m, unsigned n, int flags,
                                 struct timespec *time, const struct regs *caller)
{
    struct regs at = *caller;
    struct iovec homes[LAND_PARTS], *room = homes;
    struct mmsghdr copy[LAND_PARTS] = {{.msg_len = 0}};
    struct landing landings[LAND_PARTS];
    int result;
    for (unsigned k = 0; k < n; k++) {
        struct msghdr *h = &copy[k].msg_hdr;
        copy[k] = m[k];
        h->msg_iov = (struct iovec *)csan__land_parts(&landings[k], h->msg_iov, h->msg_iovlen, room,
                                                      "recvmmsg", &at);
        room += h->msg_iov == room ? h->msg_iovlen : 0;
    }
    NAP_INTO(result, SYNC_IO, fd, "recvmmsg", time != NULL, recvmmsg(fd, copy, n, flags, time));
    for (int k = 0; k < result; k++) {
        copy[k].msg_hdr.msg_iov = m[k].msg_hdr.msg_iov;
        m[k] = copy[k];
        landed(&landings[k], (ssize_t)m[k].msg_len);
    }
    return result;
}

CSAN_API int HOOK_NAME(recvmmsg)(int fd, struct mmsghdr *m, unsigned n, int flags,
                                 struct timespec *time)
{
    struct regs at = REGS_OF_CALLER();
    size_t parts = csan__colour_bytes && m && n <= LAND_PARTS ? parts_on_shares(m, n) : 0;
    if (parts && parts <= LAND_PARTS)
        return receive_all_on_shares(fd, m, n, flags, time, &at);
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.recvmmsg(fd, m, n, flags, time) : -1;
    NAP(int, SYNC_IO, fd, "recvmmsg", time != NULL, recvmmsg(fd, m, n, flags, time));
}

CSAN_API ssize_t HOOK_NAME(send)(int fd, const void *from, size_t n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    lift(from, n, "send", &at);
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.send(fd, from, n, flags) : -1;
    NAP(ssize_t, SYNC_IO, fd, "send", false, send(fd, from, n, flags));
}

CSAN_API ssize_t HOOK_NAME(sendto)(int fd, const void *from, size_t n, int flags,
                                   __CONST_SOCKADDR_ARG to, socklen_t length)
{
    struct regs at = REGS_OF_CALLER();
    lift(from, n, "sendto", &at);
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.sendto(fd, from, n, flags, to, length) : -1;
    NAP(ssize_t, SYNC_IO, fd, "sendto", false, sendto(fd, from, n, flags, to, length));
}

CSAN_API ssize_t HOOK_NAME(sendmsg)(int fd, const struct msghdr *m, int flags)
{
    struct regs at = REGS_OF_CALLER();
    lift_message(m, "sendmsg", &at);
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.sendmsg(fd, m, flags) : -1;
    NAP(ssize_t, SYNC_IO, fd, "sendmsg", false, sendmsg(fd, m, flags));
}

CSAN_API int HOOK_NAME(sendmmsg)(int fd, struct mmsghdr *m, unsigned n, int flags)
{
    struct regs at = REGS_OF_CALLER();
    for (unsigned k = 0; CSAN_UNLIKELY(csan__colour_bytes) && m && k < n; k++)
        lift_message(&m[k].msg_hdr, "sendmmsg", &at);
    if (flags & MSG_DONTWAIT)
        return csan__real_ready() ? csan__real.sendmmsg(fd, m, n, flags) : -1;
    NAP(int, SYNC_IO, fd, "sendmmsg", false, sendmmsg(fd, m, n, flags));
}

/* ---- those that do not wait: positions are a disk's */

CSAN_API ssize_t preadv(int fd, const struct iovec *to, int n, off_t at_byte)
{
    struct regs at = REGS_OF_CALLER();
    LAND_PARTS_OF(to, n, "preadv", preadv(fd, home, n, at_byte));
}

CSAN_API ssize_t preadv64(int fd, const struct iovec *to, int n, off64_t at_byte)
{
    struct regs at = REGS_OF_CALLER();
    LAND_PARTS_OF(to, n, "preadv", preadv64(fd, home, n, at_byte));
}

CSAN_API ssize_t preadv2(int fd, const struct iovec *to, int n, off_t at_byte, int flags)
{
    struct regs at = REGS_OF_CALLER();
    LAND_PARTS_OF(to, n, "preadv2", preadv2(fd, home, n, at_byte, flags));
}

CSAN_API ssize_t preadv64v2(int fd, const struct iovec *to, int n, off64_t at_byte, int flags)
{
    struct regs at = REGS_OF_CALLER();
    LAND_PARTS_OF(to, n, "preadv2", preadv64v2(fd, home, n, at_byte, flags));
}

CSAN_API ssize_t pwrite(int fd, const void *from, size_t n, off_t at_byte)
{
    LIFT(from, n, "pwrite", pwrite(fd, from, n, at_byte));
}

CSAN_API ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at_byte)
{
    LIFT(from, n, "pwrite", pwrite64(fd, from, n, at_byte));
}

CSAN_API ssize_t pwritev(int fd, const struct iovec *from, int n, off_t at_byte)
{
    LIFT_PARTS(from, n, "pwritev", pwritev(fd, from, n, at_byte));
}

CSAN_API ssize_t pwritev64(int fd, const struct iovec *from, int n, off64_t at_byte)
{
    LIFT_PARTS(from, n, "pwritev", pwritev64(fd, from, n, at_byte));
}

CSAN_API ssize_t pwritev2(int fd, const struct iovec *from, int n, off_t at_byte, int flags)
{
    LIFT_PARTS(from, n, "pwritev2", pwritev2(fd, from, n, at_byte, flags));
}

CSAN_API ssize_t pwritev64v2(int fd, const struct iovec *from, int n, off64_t at_byte, int flags)
{
    LIFT_PARTS(from, n, "pwritev2", pwritev64v2(fd, from, n, at_byte, flags));
}

CSAN_API ssize_t getrandom(void *to, size_t n, unsigned flags)
{
    LAND(to, n, "getrandom", getrandom(home, n, flags));
}

CSAN_API ssize_t getdents64(int fd, void *to, size_t n)
{
    LAND(to, n, "getdents64", getdents64(fd, home, n));
}

CSAN_API ssize_t readlink(const char *restrict path, char *restrict to, size_t n)
{
    LAND(to, n, "readlink", readlink(path, home, n));
}

CSAN_API ssize_t readlinkat(int dir, const char *restrict path, char *restrict to, size_t n)
{
    LAND(to, n, "readlinkat", readlinkat(dir, path, home, n));
}

/* Without memory it takes some of malloc's. */
CSAN_API char *getcwd(char *to, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct landing landing;
    csan__real_ready();
    char *home = land(&landing, to, n, "getcwd", &at), *got = csan__real.getcwd(home, n);
    landed(&landing, got != NULL);
    return got == home ? to : got;
}
