/* A share that was given back is sent: the kernel reads it, at the call, which does what it would do. */
// env: CSAN_SHARE=precise
// findings: 13
// expect: ^{{at:write}}: error: csan\[escape\]: a share of a buffer of 16 KiB of cache "rows" was used after its release
// expect: read at offset 1, by write\(\)$
// expect: released by thread [0-9]+: at released .*:{{line:released}}$
// expect: ^{{at:writev}}: error: csan\[escape\]
// expect: ^{{at:send}}: error: csan\[escape\]
// expect: ^{{at:sendto}}: error: csan\[escape\]
// expect: ^{{at:sendmsg}}: error: csan\[escape\]
// expect: ^{{at:sendmmsg}}: error: csan\[escape\]
// expect: ^{{at:pwrite}}: error: csan\[escape\]
// expect: ^{{at:pwritev}}: error: csan\[escape\]
// expect: ^{{at:pwritev2}}: error: csan\[escape\]
// expect: ^{{at:fwrite}}: error: csan\[escape\]
// expect: ^{{at:unlocked}}: error: csan\[escape\]
// expect: ^{{at:raw write}}: error: csan\[escape\]
// expect: ^{{at:lent}}: error: csan\[escape\]: a buffer of 4\.0 KiB of pool "lines" was used after it was given back
// stdout: ^abcdefg$
#include "cached.h"

#include <sys/socket.h>
#include <sys/uio.h>

static char *p;

static NOINLINE char *released(void)
{
    const char *row = csan_share(p);
    csan_release(row); /* released */
    return (char *)row;
}

static void send_lent(int fd)
{
    csan_pool_t *lines = csan_pool("lines", 0, 0);
    char *line = malloc(4096), *lent = csan_lend(lines, line, 0, 4096);
    lent[0] = 'g';
    line = csan_give_back(lines, lent, 4096, 4096);
    MUST(write(fd, lent, 1) == 1); /* lent */
    free(line);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    p = load(16000);
    strcpy(p, "-abcdef");
    int ends[2], null = open("/dev/null", O_WRONLY);
    FILE *f = fdopen(dup(null), "w");
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && null >= 0 && f);
    MUST(write(ends[1], released() + 1, 1) == 1); /* write */
    struct iovec part = {released() + 2, 1};
    MUST(writev(ends[1], &part, 1) == 1); /* writev */
    char *row = released();
    MUST(send(ends[1], row + 3, 1, MSG_DONTWAIT) == 1); /* send */
    row = released();
    MUST(sendto(ends[1], row + 4, 1, 0, NULL, 0) == 1); /* sendto */
    part.iov_base = released() + 5;
    struct mmsghdr m = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    MUST(sendmsg(ends[1], &m.msg_hdr, 0) == 1); /* sendmsg */
    part.iov_base = released() + 6;
    MUST(sendmmsg(ends[1], &m, 1, 0) == 1); /* sendmmsg */
    row = released();
    MUST(pwrite(null, row, 9, 0) == 9); /* pwrite */
    part = (struct iovec){released(), 9};
    MUST(pwritev(null, &part, 1, 0) == 9); /* pwritev */
    part = (struct iovec){released(), 9};
    MUST(pwritev2(null, &part, 1, 0, 0) == 9); /* pwritev2 */
    row = released();
    MUST(fwrite(row, 1000, 16, f) == 16); /* fwrite */
    row = released();
    MUST(fwrite_unlocked(row, 1000, 16, f) == 16); /* unlocked */
    row = released();
    MUST(syscall(SYS_write, null, row, 9) == 9); /* raw write */
    send_lent(ends[1]);
    char got[8] = "";
    MUST(read(ends[0], got, 7) == 7 && puts(got) > 0);
    MUST(fclose(f) == 0 && close(null) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0);
    char *last = p;
    p = NULL;
    drop(last);
    return 0;
}
