/* A loan that does not come back. */
// findings: 1
// expect: error: csan\[unreleased\]: 1 loan of pool "lines" was never given back > max_escapes=0$
#include <csan_share.h>

#include "case.h"

#include <csan.h>

enum { ROOM = 256 };
static csan_pool_t *pool;
static char *spare[8];
static int nspare;

static NOINLINE __attribute__((unused)) char *get(void)
{
    char *p = nspare ? spare[--nspare] : calloc(1, ROOM);
    MUST(p);
    p = csan_lend(pool, p, 0, ROOM);
    return keep(p);
}

static NOINLINE __attribute__((unused)) void put(char *p)
{
    spare[nspare++] = csan_give_back(pool, p, 0, ROOM);
    wipe_stack();
}

static NOINLINE void close_pool(void)
{
    while (nspare)
        free(spare[--nspare]);
    memset(spare, 0, sizeof spare);
    keep(spare);
}

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    csan_mark_t mark = csan_mark();
    csan_disable();
    get();
    csan_enable();
    csan_check(mark);
    close_pool();
    return 0;
}
