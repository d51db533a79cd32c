/* The owner grows a row that somebody reads, who keeps it: that is one mistake, told of once. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows" was given to realloc while it was shared
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_share(p + 3);
    void *next = keep(malloc(64)); /* it cannot grow where it is */
    p = realloc(p, 100000);
    MUST(p);
    free(next);
    drop(p);
    return 0;
}
