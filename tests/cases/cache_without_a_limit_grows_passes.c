/* A cache without a limit that drops what is old: after its first round it holds no more. */
#include "cache_rounds.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    for (int round = 0; round < 5; round++) {
        drop_all(rows);
        two_more_rows(rows);
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
