/* Sent while it is shared; none of it, after that; and the owner's address at any time. */
// env: CSAN_SHARE=precise
#include "cached.h"

#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(16000), *row = (char *)csan_share(p);
    int null = open("/dev/null", O_WRONLY), ends[2];
    FILE *f = fdopen(dup(null), "w");
    MUST(null >= 0 && f && socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    struct iovec part = {row, 9};
    struct mmsghdr m = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    MUST(write(null, row, 9) == 9 && writev(null, &part, 1) == 9 && pwrite(null, row, 9, 0) == 9);
    MUST(pwritev(null, &part, 1, 0) == 9 && pwritev2(null, &part, 1, 0, 0) == 9);
    MUST(send(ends[0], row, 9, 0) == 9 && sendto(ends[0], row, 9, 0, NULL, 0) == 9);
    MUST(sendmsg(ends[0], &m.msg_hdr, 0) == 9 && sendmmsg(ends[0], &m, 1, 0) == 1);
    MUST(fwrite(row, 1000, 16, f) == 16 && syscall(SYS_write, null, row, 9) == 9);
    csan_release(row);
    part.iov_len = 0;
    MUST(write(null, row, 0) == 0 && writev(null, &part, 1) == 0 && fwrite(row, 0, 9, f) == 0);
    MUST(write(null, p, 9) == 9 && fwrite(p, 1000, 16, f) == 16);
    MUST(writev(null, keep(NULL), 1) == -1 && errno == EFAULT);
    MUST(fclose(f) == 0 && close(null) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0);
    drop(p);
    return 0;
}
