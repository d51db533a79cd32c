/* One row, published anew and longer each round, in a cache without a limit: the bytes tell. */
// findings: 1
// expect: csan\[growth\]: cache "rows" has 100 B more each round, over 5 rounds, and no limit > max_growth=0$
// expect: it held 100 B in 1 entry after the first of them, and 500 B in 1 entry after the last
#include "cache_rounds.h"

#ifndef LIMIT
#define LIMIT 0
#endif
#ifndef LONGEST
#define LONGEST 100
#endif

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", LIMIT, 0);
    for (int round = 1; round <= 5; round++) {
        size_t n = 100 * (size_t)(round < LONGEST ? round : LONGEST);
        drop_all(rows);
        keep_row(csan_publish(rows, calloc(1, n), 0));
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
