/* The owner changes a buffer that is shared, outside its window. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 1.0 KiB of cache "rows" was changed while it was shared >
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
    char *p = load(1024);
    const char *row = csan_share(p);
    p[0]++;
    csan_release(row);
    drop(p);
    return 0;
}
