/* A limit: the kernel says EFAULT to calls that csan does not know to reach memory. */
// env: CSAN_SHARE=precise
// plain: no
#include "cached.h"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(400);
    strcpy(p + 300, "/dev/zero");
    char *row = (char *)csan_share(p);
    struct stat *room = (struct stat *)(void *)row;
    int zero = open(row + 300, O_RDONLY), fds[2];
    MUST(zero >= 0 && stat("/", room) == -1 && errno == EFAULT);
    MUST(getentropy(row, 8) == -1 && errno == EFAULT);
    struct iovec part = {row, 8};
    MUST(syscall(SYS_readv, zero, &part, 1) == -1 && errno == EFAULT);
    struct sockaddr_un *to = (struct sockaddr_un *)(void *)row;
    socklen_t length = sizeof *to;
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
    MUST(getsockname(fds[0], (struct sockaddr *)to, &length) == -1 && errno == EFAULT);
    MUST(stat("/", (struct stat *)(void *)csan_writable(rows, p)) == 0 && S_ISDIR(room->st_mode));
    csan_sealed(rows, p);
    csan_release(row);
    MUST(open(row + 300, O_RDONLY) == -1 && errno == EFAULT); /* a path, too */
    MUST(close(fds[0]) == 0 && close(fds[1]) == 0 && close(zero) == 0);
    drop(p);
    return 0;
}
