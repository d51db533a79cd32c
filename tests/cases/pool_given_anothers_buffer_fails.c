/* A buffer goes back to another pool, and never to its own. */
// findings: 1
// expect: error: csan\[pool\]: a buffer that pool "lines" never lent was given back >
// expect: lent by another, or not as a whole: at main
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    csan_pool_t *other = csan_pool("pages", 0, 0);
    char *p = csan_lend(other, calloc(1, ROOM), 0, ROOM); /* lent */
    put(p);
    close_pool();
    return 0;
}
