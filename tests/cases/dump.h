/* What the cases of CSAN_DUMP_SIGNAL share: stderr is a pipe, which tells when a dump is whole. */
#ifndef DUMP_H
#define DUMP_H

#include "waits.h"

static int dumps_fd, stderr_fd;

static inline void begin_dumps(void)
{
    int ends[2];
    MUST(pipe(ends) == 0);
    MUST((stderr_fd = dup(2)) >= 0);
    MUST(dup2(ends[1], 2) == 2);
    MUST(close(ends[1]) == 0);
    dumps_fd = ends[0];
}

/* Passes it on to what stderr was. */
static inline void wait_for_dump(void)
{
    static char text[1 << 16];
    size_t n = 0;
    do {
        ssize_t got = read(dumps_fd, text + n, sizeof text - 1 - n);
        MUST(got > 0);
        n += (size_t)got;
        text[n] = '\0';
    } while (!strstr(text, "csan: end of the threads") || text[n - 1] != '\n');
    MUST(write(stderr_fd, text, n) == (ssize_t)n);
}

static inline void end_dumps(void)
{
    MUST(dup2(stderr_fd, 2) == 2);
    MUST(close(stderr_fd) == 0);
    MUST(close(dumps_fd) == 0);
}

#endif
