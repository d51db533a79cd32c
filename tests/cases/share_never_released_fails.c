/* A way out of the function forgets the release. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 3 shares of cache "rows" were never released > max_escapes=0$
// expect: by thread [0-9]+$
// expect: freed: at drop
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

static NOINLINE int use(char *p, int fault)
{
    const char *row = csan_share(p); /* shared */
    if (fault)
        return -1;
    csan_release(row);
    return 0;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    for (volatile int i = 0; i < 6; i++)
        use(p, i % 2);
    drop(p);
    return 0;
}
