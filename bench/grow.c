/* grow: buffers that realloc makes larger by half, from 16 bytes to 16 KiB, sixteen side by side.
 * Tells ns a realloc. */
#include "bench.h"

#include <malloc.h>

enum { SIDE = 16 };

static char *buffers[SIDE];

static NOINLINE long round_of(void)
{
    long calls = 0;
    for (size_t n = 16; n < 16 << 10; n += n / 2) {
        for (int i = 0; i < SIDE; i++, calls++) {
            char *p = realloc(buffers[i], n);
            if (!p)
                _exit(2);
            p[n - 1] = 1;
            buffers[i] = p;
        }
    }
    for (int i = 0; i < SIDE; i++) {
        free(buffers[i]);
        buffers[i] = NULL;
    }
    return calls;
}

int main(int argc, char **argv)
{
    /* What free() gives back to the system would come back page by page, and hide the rest. */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    long rounds = number(argc, argv, 1, 2000), calls = 0;
    round_of();
    uint64_t begin = thread_ns();
    for (long i = 0; i < rounds; i++)
        calls += round_of();
    tell("realloc_ns", (double)(thread_ns() - begin) / (double)calls);
    return 0;
}
