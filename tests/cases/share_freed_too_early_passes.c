/* The row is freed after the last release. */
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
    free(p); /* of drop */
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    csan_evict(rows, p);
    csan_release(row);
    free(p);
    keep(drop);
    return 0;
}
