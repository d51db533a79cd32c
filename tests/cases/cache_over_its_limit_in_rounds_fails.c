/* Two rows more each round: in the fourth they are more than the limit, and that alone is told. */
// findings: 1
// expect: csan\[pool\]: cache "rows" holds 7 entries, its limit is 6 .*> max_escapes=0$
// expect-not: csan\[growth\]
#ifndef LIMIT
#define LIMIT 6
#endif
#include "cache_rounds.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, LIMIT);
    for (int round = 0; round < 4; round++) {
        two_more_rows(rows);
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
