/* Into the owner's pointer, in its window; and those that wrote nothing to the share after all. */
// env: CSAN_SHARE=precise
#include "cached.h"

#include <dirent.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>

static char *row;

static void write_by_all(char *w, int fd, int from)
{
    struct iovec part = {w, 3};
    struct mmsghdr m = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    MUST(preadv(fd, &part, 1, 0) == 3 && preadv2(fd, &part, 1, 0, 0) == 3);
    MUST(recvmmsg(from, &m, 1, 0, NULL) == 1 && m.msg_len == 1);
    MUST(getrandom(w, 10, 0) == 10 && readlink("/proc/self/exe", w, 10) == 10);
    MUST(readlinkat(AT_FDCWD, "/proc/self/exe", w, 10) == 10 && getcwd(w, 1000) == w);
    MUST(syscall(SYS_pread64, fd, w, 3, 0) == 3 && memcmp(row, "abc", 3) == 0);
}

/* The first part is all there is; a length that is asked for; calls that fail. */
static void write_by_none(int fd, int from)
{
    char other[8];
    struct iovec parts[2] = {{other, 8}, {row, 8}}, all[65];
    struct mmsghdr m = {.msg_hdr = {.msg_iov = parts, .msg_iovlen = 2}};
    MUST(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, parts, 2) == 3);
    MUST(preadv(fd, parts, 2, 0) == 3 && preadv(fd, parts, 2, 3) == 0);
    MUST(recvmsg(from, &m.msg_hdr, MSG_PEEK) == 1);
    MUST(recvmmsg(from, &m, 1, MSG_PEEK, NULL) == 1);
    MUST(recv(from, row, 0, MSG_PEEK | MSG_TRUNC) == 1);
    MUST(readlink("/proc/self/none", row, 8) == -1 && errno == ENOENT);
    MUST(getcwd(row, 1) == NULL && errno == ERANGE);
    MUST(getdents64(fd, row, 100) == -1 && errno == ENOTDIR);
    MUST(syscall(SYS_read, -1, row, 8) == -1 && errno == EBADF);
    MUST(readv(fd, keep(NULL), 1) == -1 && errno == EFAULT);
    for (int i = 0; i < 65; i++)
        all[i] = (struct iovec){row + i, 1};
    MUST(preadv(fd, all, 65, 0) == -1 && errno == EFAULT); /* more parts than csan has room for */
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(16000), name[] = "/tmp/csan-precise-XXXXXX";
    row = (char *)csan_share(p);
    int ends[2], fd = mkstemp(name);
    MUST(fd >= 0 && unlink(name) == 0 && write(fd, "abc", 3) == 3);
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    MUST(write(ends[1], "*", 1) == 1 && write(ends[1], "+", 1) == 1);
    write_by_all(csan_writable(rows, p), fd, ends[0]);
    csan_sealed(rows, p);
    write_by_none(fd, ends[0]);
    char *own = getcwd(NULL, 0);
    MUST(own && own[0] == '/');
    free(own);
    MUST(close(fd) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0);
    csan_release(row);
    row = NULL;
    drop(p);
    return 0;
}
