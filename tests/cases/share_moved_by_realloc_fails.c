/* The owner grows a row that somebody reads. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows" was given to realloc while it was shared
// expect: shared by thread [0-9]+: at main
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p + 3);
    void *next = keep(malloc(64)); /* it cannot grow where it is */
    
    p = realloc(p, 100000);
    MUST(p);
    if (row)
        csan_release(row);
    free(next);
    drop(p);
    return 0;
}
