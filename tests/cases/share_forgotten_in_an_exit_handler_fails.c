/* A share that an exit handler forgets is found, too; so is one before an exec. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;
static char *volatile p;

static void late(void)
{
    csan_share(p); /* shared */
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    atexit(late);
    return 0;
}
