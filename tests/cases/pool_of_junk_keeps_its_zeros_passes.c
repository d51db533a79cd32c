/* What is given back all zero is all zero when it is lent again, and nonsense in between. */
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
    keep(line);
    for (int i = 0; i < ROOM; i++) /* who reads a spare one reads junk; is csan there? */
        MUST((unsigned char)line[i] == (csan_api_lend ? 0xdd : 0));
    line = get();
    for (int i = 0; i < ROOM; i++)
        MUST(line[i] == 0);
    put(line);
    close_pool();
    return 0;
}
