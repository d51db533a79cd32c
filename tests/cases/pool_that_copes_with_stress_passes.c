/* share=stress keeps one buffer of four from the pool, and never uses an address again. */
// env: CSAN_SHARE=stress
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_pool_t *pool = csan_pool("lines", 0, 0);
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *spare = NULL;
    uintptr_t before = 0;
    int dropped = 0;
    for (int i = 0; i < 40; i++) {
        char *line = csan_lend(pool, spare ? spare : calloc(1, 64), 0, 64);
        MUST(line);
        spare = csan_give_back(pool, line, 0, 64);
        dropped += !spare;
        char *row = csan_publish(rows, calloc(1, 48), 0);
        MUST((uintptr_t)row != before || dropped == 0);
        csan_release(csan_share(row));
        csan_evict(rows, row);
        before = (uintptr_t)row;
        free(row);
    }
    MUST(dropped == (csan_api_lend ? 10 : 0)); /* is csan there? */
    free(spare);
    return 0;
}
