#include "case.h"

static char *pool;
static size_t used;

static NOINLINE void *take(size_t n)
{
    void *p = pool + used;
    used += n;
    return p;
}

/* The pool is one block of malloc's, and it is held: what is lost inside it is its own affair. */
int main(void)
{
    pool = malloc(4096);
    MUST(pool);
    keep(take(64));
    keep(&pool);
    return 0;
}
