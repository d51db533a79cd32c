/* Only the pool points to its spare buffers, with a stale slot or two. */
#include <csan_share.h>

#include "case.h"

#include <csan.h>

static csan_pool_t *pool;
static char *spare[4];
static int nspare;
const char *volatile last;

static NOINLINE char *get(void)
{
    char *p = nspare ? spare[--nspare] : calloc(1, 64);
    MUST(p);
    p = csan_lend(pool, p, 0, 64);
    return keep(p);
}

static NOINLINE void put(char *p)
{
    spare[nspare++] = csan_give_back(pool, p, 0, 64);
    wipe_stack();
}

static NOINLINE void serve(void)
{
    char *a = get(), *b = get();
    
    put(a);
    put(b); /* the array is now a, b */
    a = get();
    put(a);
    a = get(), b = get();
    put(b);
    put(a);
    wipe_stack();
}

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    serve();
    csan_check(0);
    last = NULL;
    while (nspare)
        free(spare[--nspare]);
    memset(spare, 0, sizeof spare);
    return 0;
}
