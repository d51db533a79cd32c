/* What the pool writes for the next tenant while nobody has the buffer is its own affair, whatever
 * the last one has left behind that. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    memset(line, 'x', ROOM);
    put(line);
    memcpy(spare[0], "hello", 5);
    line = csan_lend(pool, spare[--nspare], 5, ROOM);
    put(line);
    close_pool();
    return 0;
}
