/* A borrower writes to what the cache lent. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was changed while it was shared > max_escapes=0$
// expect: found when it was released: at main .*:{{line:released}}$
// expect: published: at load
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
    char *row = (char *)csan_share(p); /* shared */
    row[7] = 1;
    csan_release(row); /* released */
    drop(p);
    return 0;
}
