/* A cache that fills up evenly, and by its limit is not full after five rounds: no growth. */
#include "cache_rounds.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 100);
    for (int round = 0; round < 5; round++) {
        two_more_rows(rows);
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
