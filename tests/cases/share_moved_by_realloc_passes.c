/* It grows one that nobody reads. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p + 3);
    void *next = keep(malloc(64)); /* it cannot grow where it is */
    csan_release(row);
    row = NULL;
    p = realloc(p, 100000);
    MUST(p);
    if (row)
        csan_release(row);
    free(next);
    drop(p);
    return 0;
}
