/* A limit: the kernel says EFAULT to calls that csan does not know to write to memory. */
// env: CSAN_SHARE=precise
// plain: no
#include "cached.h"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    MUST(readlink("/proc/self/exe", row, 10) == -1 && errno == EFAULT);
    int fds[2];
    struct iovec part = {row, 8};
    struct mmsghdr m = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    MUST(getrandom(row, 8, 0) == -1 && errno == EFAULT);
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0 && write(fds[1], "x", 1) == 1);
    MUST(syscall(SYS_read, fds[0], row, 8) == -1 && errno == EFAULT);
    MUST(write(fds[1], "x", 1) == 1);
    MUST(recvmmsg(fds[0], &m, 1, 0, NULL) == -1 && errno == EFAULT);
    int zero = open("/dev/zero", O_RDONLY);
    MUST(preadv(zero, &part, 1, 0) == -1 && errno == EFAULT);
    MUST(close(fds[0]) == 0 && close(fds[1]) == 0 && close(zero) == 0);
    char *w = csan_writable(rows, p);
    MUST(readlink("/proc/self/exe", w, 10) == 10 && row[0] == '/');
    csan_sealed(rows, p);
    csan_release(row);
    drop(p);
    return 0;
}
