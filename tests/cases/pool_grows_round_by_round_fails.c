/* Each request takes one buffer more than it finds, and all of them stay in the pool. */
// findings: 1
// expect: csan\[growth\]: pool "lines" has 64 B more each round, over 5 rounds > max_growth=0$
// expect: it had 64 B in 1 buffer after the first of them, and 320 B in 5 buffers after the last
// expect: at get tests/cases/pool_rounds\.h:
#include "pool_rounds.h"

#ifndef AT_MOST
#define AT_MOST 64
#endif

int main(void)
{
    pool = csan_pool("lines", 1024, 0);
    for (int round = 1; round <= 5; round++) {
        int n = round < AT_MOST ? round : AT_MOST;
        char *lines[8];
        size_t capacity[8];
        for (int i = 0; i < n; i++)
            lines[i] = get(&capacity[i]);
        for (int i = 0; i < n; i++)
            put(lines[i], capacity[i]);
        csan_round("request");
    }
    close_pool();
    return 0;
}
