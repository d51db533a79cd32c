// leak: pool 1.6 KiB in 1 block
// expect: ^    and 32 B in 1 block behind it$
#include "case.h"

/* A pool is lost with what its pieces hold; that the pieces point at one another keeps none. */
struct piece {
    struct piece *next;
    void *block;
};

static struct piece *volatile held;

static NOINLINE struct piece *fill(void)
{
    struct piece *pool = calloc(100, sizeof *pool); /* pool */
    MUST(pool);
    for (int i = 0; i < 99; i++)
        pool[i].next = &pool[i + 1];
    pool[70].block = malloc(32);
    return pool;
}

int main(void)
{
    held = fill() + 50;
    wipe_stack();
    held = NULL;
    return 0;
}
