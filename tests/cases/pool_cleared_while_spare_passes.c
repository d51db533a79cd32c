/* A pool that clears its buffers once more when it has them back: zeros are nobody's bytes. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    put(line);
    memset(spare[0], 0, ROOM);
    line = get();
    put(line);
    close_pool();
    return 0;
}
