/* Both ends of a request put the buffer back. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of pool "lines" was given back twice > max_escapes=0$
// expect: given back first: at put
// expect: lent by thread [0-9]+: at get
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
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    put(line);
    put(line);
    nspare = 1;
    close_pool();
    return 0;
}
