#include "case.h"

/* Pieces of a pool: one of them alone has the address of a block, and one of the pool is held. */
struct piece {
    struct piece *next;
    void *block;
};

static struct piece *volatile held;

static NOINLINE struct piece *fill(void)
{
    struct piece *pool = calloc(100, sizeof *pool);
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
    return 0;
}
