/* A caller that appends to a list of its own. */
#include <csan_share.h>

#include "case.h"

struct slice {
    int *at;
    size_t n, room;
};

static NOINLINE void append(struct slice *rows)
{
    int mine[8];
    memcpy(mine, rows->at, rows->n * sizeof *mine);
    mine[rows->n] = 4;
    keep(mine);
    rows->n++;
}

int main(void)
{
    csan_cache_t *cache = csan_cache("report", 0, 0);
    struct slice cached = {.at = calloc(8, sizeof(int)), .n = 3, .room = 8};
    MUST(cached.at);
    cached.at = csan_publish(cache, cached.at, cached.n * sizeof(int));
    struct slice rows = cached;
    rows.at = (int *)csan_share(cached.at); /* shared */
    append(&rows);
    csan_release(rows.at);
    csan_evict(cache, cached.at);
    free(cached.at);
    return 0;
}
