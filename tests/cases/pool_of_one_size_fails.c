/* Buffers of two sizes in a pool of one. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of 512 B in pool "lines", whose buffers have 256 B > max_escapes=0$
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_ONE_SIZE);
    put(get());
    char *line = csan_lend(pool, calloc(1, 2 * ROOM), 0, 2 * ROOM);
    free(line);
    close_pool();
    return 0;
}
