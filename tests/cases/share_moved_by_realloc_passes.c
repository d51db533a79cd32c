/* It grows one that nobody reads. */
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;

static NOINLINE char *load(size_t n)
{
    char *p = calloc(1, n);
    MUST(p);
    p = csan_publish(rows, p, 0);
    return keep(p);
}

static NOINLINE void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

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
