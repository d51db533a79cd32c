/* All have one size. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_ONE_SIZE);
    put(get());
    char *line = csan_lend(pool, calloc(1, ROOM), 0, ROOM);
    free(line);
    close_pool();
    return 0;
}
