/* The kernel writes for read, readv, recv, recvmsg and fread; the call does what it would do. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 5
// expect: ^{{at:read}}: error: csan\[mutation\]: a buffer of 16 KiB of cache "rows" was written to through a share
// expect: offset 0, by read\(\): 00 00 00 → 61 62 63$
// expect: ^{{at:readv}}: error: csan\[mutation\]
// expect: ^{{at:recv}}: error: csan\[mutation\]
// expect: ^{{at:recvmsg}}: error: csan\[mutation\]
// expect: ^{{at:fread}}: error: csan\[mutation\]
// stdout: ^abcde$
#include "cached.h"

#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(16000), *row = (char *)csan_share(p), other[4] = "";
    int ends[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    MUST(write(ends[1], "abcdefgh", 8) == 8);
    MUST(read(ends[0], row, 3) == 3); /* read */
    struct iovec parts[2] = {{other, 1}, {row + 3, 1}};
    MUST(readv(ends[0], parts, 2) == 2); /* readv */
    MUST(other[0] == 'd' && p[3] == 'e');
    MUST(recv(ends[0], row + 3, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && p[3] == 'f'); /* recv */
    struct iovec part = {row + 3, 1};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    MUST(recvmsg(ends[0], &m, 0) == 1 && p[3] == 'f' && part.iov_base == row + 3); /* recvmsg */
    FILE *zeros = fopen("/dev/zero", "r");
    MUST(zeros);
    p[15999] = 1;
    MUST(fread(row + 100, 1, 15900, zeros) == 15900 && p[15999] == 0); /* fread */
    fclose(zeros);
    memcpy(p + 3, "de", 2);
    printf("%.5s\n", p);
    MUST(read(ends[0], NULL, 0) == 0);
    close(ends[0]);
    close(ends[1]);
    csan_release(row);
    drop(p);
    return 0;
}
