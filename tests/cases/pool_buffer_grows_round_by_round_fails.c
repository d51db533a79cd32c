/* One buffer, which each request makes longer, and which stays. */
// findings: 1
// expect: csan\[growth\]: pool "lines" has 512 B more each round, over 5 rounds > max_growth=0$
// expect: it had 576 B in 1 buffer after the first of them, and 2\.6 KiB in 1 buffer after the last
// expect: at put tests/cases/pool_rounds\.h:[0-9]+
#include "pool_rounds.h"

static NOINLINE void serve(void)
{
    size_t capacity;
    char *p = get(&capacity);
#ifndef SHRINKS
    p = realloc(p, capacity += 512);
#else
    p = realloc(p, capacity + 512);
    p = realloc(p, capacity);
#endif
    MUST(p);
    put(p, capacity);
}

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    for (int round = 0; round < 5; round++) {
        serve();
        csan_round("request");
    }
    close_pool();
    return 0;
}
