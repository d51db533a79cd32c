/* A pool gets its buffers from another: what it lends for the first time is lent already, by
 * somebody else. */
#include "pooled.h"

int main(void)
{
    csan_pool_t *slabs = csan_pool("slabs", 0, 0);
    pool = csan_pool("lines", 0, 0);
    char *slab = csan_lend(slabs, calloc(1, ROOM), 0, ROOM);
    char *line = csan_lend(pool, slab, 0, ROOM);
    put(line);
    put(get());
    close_pool();
    return 0;
}
