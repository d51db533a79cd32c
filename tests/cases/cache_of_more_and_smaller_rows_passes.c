/* More rows each round, and fewer bytes in all of them: it does not grow. */
#include "cache_rounds.h"

int main(void)
{
    static const size_t bytes[] = {600, 250, 130, 80, 50};
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    for (int round = 0; round < 5; round++) {
        drop_all(rows);
        for (int i = 0; i <= round; i++)
            keep_row(csan_publish(rows, calloc(1, bytes[round]), 0));
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
