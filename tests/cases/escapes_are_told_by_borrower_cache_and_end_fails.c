// expect: a buffer of cache "pages"
// findings: 4
#include <csan_share.h>

#include "case.h"

/* Four kinds, two rows of each. Each differs from the one before in one thing: its cache, the place that evicts it, who asked for
 * it. */
static csan_cache_t *rows, *pages;
static const char *volatile kept[8];

static NOINLINE char *row(csan_cache_t *cache)
{
    char *p = calloc(1, 64);
    MUST(p);
    csan_publish_fixed(cache, p, 0);
    return keep(p);
}

static NOINLINE void lend(const char *p, int to)
{
    const char *share = csan_share(p);
    kept[to] = share;
    csan_release(share);
}

static NOINLINE void evict(char *const *p, int from)
{
    for (volatile int i = from; i < from + 4; i++)
        csan_evict(i < 2 ? rows : pages, p[i]);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    pages = csan_cache("pages", 0, 0);
    char *p[8];
    for (int i = 0; i < 8; i++)
        p[i] = row(i < 2 ? rows : pages);
    for (volatile int i = 0; i < 6; i++)
        lend(p[i], i);
    for (volatile int i = 6; i < 8; i++)
        lend(p[i], i);
    evict(p, 0);
    evict(p, 4);
    for (int i = 0; i < 8; i++)
        free(p[i]);
    wipe_stack();
    return 0;
}
