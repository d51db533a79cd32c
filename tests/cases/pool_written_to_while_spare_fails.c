/* A clean buffer is written to after it was given back; nobody asks for it again. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of pool "lines" was written to after it was given back >
// expect: given back by thread [0-9]+: at put
#include <csan_share.h>

#include "case.h"

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
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    put(line);
    line[9] = 1;
    close_pool();
    return 0;
}
