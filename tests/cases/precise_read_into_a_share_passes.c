/* Into the owner's pointer, in its window, it may be read; a call that fails has written nothing. */
// env: CSAN_SHARE=precise
#include "cached.h"

#include <fcntl.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *row = (char *)csan_share(p);
    int ends[2];
    MUST(pipe(ends) == 0 && write(ends[1], "abcdefgh", 8) == 8);
    char *w = csan_writable(rows, p);
    MUST(read(ends[0], w, 8) == 8);
    csan_sealed(rows, p);
    MUST(memcmp(row, "abcdefgh", 8) == 0);
    MUST(write(ends[1], row, 8) == 8); /* out of it, of course */
    MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && read(ends[0], w, 0) == 0);
    char copy[8];
    MUST(read(ends[0], copy, 8) == 8);
    MUST(read(ends[0], row, 8) == -1 && errno == EAGAIN);
    MUST(read(-1, row, 8) == -1 && errno == EBADF);
    close(ends[0]);
    close(ends[1]);
    csan_release(row);
    drop(p);
    return 0;
}
