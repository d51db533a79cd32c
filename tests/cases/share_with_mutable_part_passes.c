/* A reference count and LRU links change all the time: declared mutable. */
#include <csan_share.h>

#include "case.h"

struct row {
    long value;
    int hits, spare;
    struct row *lru[2];
};

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    struct row *row = calloc(1, sizeof *row);
    MUST(row);
    row = csan_publish(rows, row, sizeof *row);
    csan_mutable(&row->hits, sizeof row->hits);
    csan_mutable(row->lru, sizeof row->lru);
    const struct row *seen = csan_share(row);
    row->hits++;
    row->lru[1] = row;
    csan_release(seen);
    row->lru[1] = NULL;
    csan_evict(rows, row);
    free(row);
    return 0;
}
