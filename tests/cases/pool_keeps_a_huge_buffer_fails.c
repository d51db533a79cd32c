/* A line that grew to a megabyte goes back to the pool, and stays there for ever. */
// findings: 1
// expect: ^{{at:back}}: error: csan\[pool\]: a buffer of 1.0 MiB went back to pool "lines", which keeps 4.0 KiB at most > max_escapes=0$
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
    pool = csan_pool("lines", 4096, 0);
    char *line = get();
    line = realloc(line, 1 << 20); /* the loan goes with it */
    MUST(line);
    spare[nspare++] = csan_give_back(pool, line, 0, 1 << 20); /* back */
    close_pool();
    return 0;
}
