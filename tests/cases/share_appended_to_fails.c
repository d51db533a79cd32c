/* A caller appends to the slice that the cache lent it: there is room behind, and the next caller sees it. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[mutation\]: a shared buffer of cache "report" was written to behind its 12 B > max_escapes=0$
// expect: somebody appends to it
#include <csan_share.h>

#include "case.h"

struct slice {
    int *at;
    size_t n, room;
};

static NOINLINE void append(struct slice *rows)
{
    rows->at[rows->n] = 4;
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
