/* Each round gives one more back of the ten buffers that a pool has: it has no more than before. */
#include "pool_rounds.h"

static NOINLINE void serve(char *lines[10])
{
    size_t capacity;
    for (int i = 0; i < 10; i++)
        lines[i] = get(&capacity);
    for (int round = 0; round < 5; round++) {
        put(lines[round], 64);
        csan_round("request");
    }
    for (int i = 5; i < 10; i++)
        put(lines[i], 64);
}

int main(void)
{
    char *lines[10];
    pool = csan_pool("lines", 1024, 0);
    serve(lines);
    memset(lines, 0, sizeof lines);
    keep(lines);
    close_pool();
    return 0;
}
