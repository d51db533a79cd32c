/* The error path releases what the caller releases too. */
// findings: 1
// expect: ^{{at:second}}: error: csan\[unreleased\]: a share of a buffer of 64 B of cache "rows" was released twice > max_escapes=0$
// expect: released first by thread [0-9]+: at render
// expect: shared last by thread [0-9]+: at main
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

static NOINLINE void render(const char *row)
{
    keep((void *)row);
    csan_release(row); /* first */
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    render(row);
    csan_release(row); /* second */
    drop(p);
    return 0;
}
