/* One row more each round: their number tells, where their bytes say nothing. */
// findings: 1
// expect: csan\[growth\]: cache "rows" has 208 B more each round, over 5 rounds, and no limit > max_growth=0$
#include "cache_rounds.h"

int main(void)
{
    static const size_t bytes[] = {100, 10, 500, 21, 300};
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    for (int round = 0; round < 5; round++) {
        keep_row(csan_publish(rows, calloc(1, bytes[round]), 0));
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
