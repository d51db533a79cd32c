/* The cache frees a row that somebody still reads. */
// findings: 1
// expect: ^{{at:of drop}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was freed while it was shared > max_escapes=0$
// expect: shared by thread [0-9]+: at main
// expect: released: at main
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
    drop(p);
    csan_release(row);
    keep(drop);
    return 0;
}
