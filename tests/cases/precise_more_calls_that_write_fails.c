/* The rest of the calls by which the kernel writes to a share: each does what it would do. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 13
// expect: ^{{at:preadv}}: error: csan\[mutation\]: a buffer of 16 KiB of cache "rows" was written to through a share
// expect: offset 0, by preadv\(\): 00 00 00 → 61 62 63$
// expect: ^{{at:preadv2}}: error: csan\[mutation\]
// expect: offset 1, by preadv2\(\): 62 → 63$
// expect: ^{{at:recvmmsg}}: error: csan\[mutation\]
// expect: offset 100, by recvmmsg\(\): 00 00 → 68 69$
// expect: ^{{at:getrandom}}: error: csan\[mutation\]
// expect: ^{{at:readlink}}: error: csan\[mutation\]
// expect: ^{{at:readlinkat}}: error: csan\[mutation\]
// expect: ^{{at:getcwd}}: error: csan\[mutation\]
// expect: offset 700, by getcwd\(\): 00 → 2f$
// expect: ^{{at:getdents64}}: error: csan\[mutation\]
// expect: ^{{at:unlocked}}: error: csan\[mutation\]
// expect: ^{{at:part of an item}}: error: csan\[mutation\]
// expect: ^{{at:raw read}}: error: csan\[mutation\]
// expect: offset 8000, by read\(\): 00 00 → 61 62$
// expect: ^{{at:raw getcwd}}: error: csan\[mutation\]
// expect: ^{{at:raw readlinkat}}: error: csan\[mutation\]
// stdout: ^acc /pro hi / / abc / /$
#include "cached.h"

#include <dirent.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define LINK "/proc/self/exe"

static char *row;

static void receive(int from)
{
    char other[4] = "";
    struct iovec away = {other, 4}, parts[2] = {{other, 1}, {row + 100, 8}}, far = {row + 104, 1};
    struct mmsghdr m[4] = {{.msg_hdr = {.msg_iov = &away, .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = parts, .msg_iovlen = 2}},
                           {.msg_hdr = {.msg_iov = &far, .msg_iovlen = 1}}};
    m[2].msg_hdr.msg_name = other;
    MUST(recvmmsg(from, m, 3, MSG_DONTWAIT, NULL) == 2); /* recvmmsg */
    MUST(m[0].msg_len == 1 && m[1].msg_len == 3 && other[0] == '+' && row[104] == 0);
    MUST(m[0].msg_hdr.msg_iov == &away && m[1].msg_hdr.msg_iov == parts && m[2].msg_hdr.msg_iov == &far);
    MUST(parts[1].iov_base == row + 100 && m[2].msg_hdr.msg_name == other);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(16000), name[] = "/tmp/csan-precise-XXXXXX";
    row = (char *)csan_share(p);
    int ends[2], fd = mkstemp(name), root = open("/", O_RDONLY);
    MUST(fd >= 0 && unlink(name) == 0 && root >= 0);
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    MUST(write(fd, "abc", 3) == 3 && write(ends[1], "*", 1) == 1 && write(ends[1], "+hi", 3) == 3);
    struct iovec part = {row, 3};
    MUST(preadv(fd, &part, 1, 0) == 3); /* preadv */
    part = (struct iovec){row + 1, 1};
    MUST(preadv2(fd, &part, 1, 2, 0) == 1); /* preadv2 */
    receive(ends[0]);
    MUST(getrandom(row + 400, 100, 0) == 100); /* getrandom */
    MUST(readlink(LINK, row + 500, 4) == 4); /* readlink */
    MUST(readlinkat(AT_FDCWD, LINK, row + 600, 4) == 4); /* readlinkat */
    MUST(chdir("/") == 0 && getcwd(row + 700, 100) == row + 700); /* getcwd */
    MUST(getdents64(root, row + 1000, 2000) > 0); /* getdents64 */
    FILE *f = fdopen(fd, "r");
    MUST(f && setvbuf(f, NULL, _IONBF, 0) == 0);
    rewind(f);
    MUST((fread_unlocked)(row + 4000, 3, 1, f) == 1); /* unlocked */
    rewind(f);
    MUST(fread(row + 5000, 4, 1, f) == 0 && p[5002] == 'c'); /* part of an item */
    MUST(lseek(fd, 0, SEEK_SET) == 0 && syscall(SYS_read, fd, row + 8000, 2) == 2); /* raw read */
    MUST(syscall(SYS_getcwd, row + 9000, 10) == 2); /* raw getcwd */
    MUST(syscall(SYS_readlinkat, AT_FDCWD, LINK, row + 9100, 1) == 1); /* raw readlinkat */
    printf("%.3s %.4s %.2s %.1s %s %.3s %s %s\n", p, "/pro", p + 100, p + 500, p + 700, p + 4000, p + 9000,
           p + 9100);
    MUST(fclose(f) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0 && close(root) == 0);
    csan_release(row);
    row = NULL;
    drop(p);
    return 0;
}
