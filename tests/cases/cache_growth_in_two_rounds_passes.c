/* Two rounds are no evidence. */
#include "cache_rounds.h"

#ifndef ROUNDS
#define ROUNDS 2
#endif

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    for (int round = 0; round < ROUNDS; round++) {
        two_more_rows(rows);
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
