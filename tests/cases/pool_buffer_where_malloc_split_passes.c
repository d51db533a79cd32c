/* malloc remembers where it split last; a spare buffer has grown over that place since. */
// flags: -fno-builtin
#include <csan_share.h>

#include "case.h"

static char *spare;
static csan_pool_t *pool;

static NOINLINE void serve(void)
{
    size_t capacity = 64;
    pool = csan_pool("lines", 0, 0);
    char *hole = malloc(5000), *fence = malloc(2000);
    MUST(hole && fence);
    free(hole);
    spare = malloc(capacity); /* the rest of the hole is main_arena.last_remainder */
    char *line = csan_lend(pool, spare, 0, capacity);
    line = realloc(line, capacity += 512); /* where it was */
    MUST(line == spare);
    spare = csan_give_back(pool, line, 0, capacity);
    free(fence);
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
