/* A limit reached is none exceeded: what was too much is evicted before the next call. */
#include "cache_rounds.h"

static void fill_and_drop_one(csan_cache_t *rows)
{
    two_more_rows(rows);
    two_more_rows(rows);
    void *row = kept_rows[--nkept_rows];
    kept_rows[nkept_rows] = NULL;
    csan_evict(rows, row);
    free(row);
    csan_release(csan_share(kept_rows[0]));
    drop_all(rows);
}

int main(void)
{
    fill_and_drop_one(csan_cache("by bytes", 3 * 64, 0));
    fill_and_drop_one(csan_cache("by entries", 0, 3));
    return 0;
}
