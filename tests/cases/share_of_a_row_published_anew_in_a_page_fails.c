/* A row within a page is lent as the page's while it is not cached, as its own once it is again. */
// findings: 1
// expect: csan\[unreleased\]: 1 share of cache "rows" was never released
#include "cached.h"

static char *page;

int main(void)
{
    csan_cache_t *pages = csan_cache("pages", 0, 0);
    rows = csan_cache("rows", 0, 0);
    page = csan_publish(pages, calloc(1, 256), 0);
    csan_publish_fixed(rows, page + 64, 64);
    csan_evict(rows, page + 64);
    csan_release(csan_share(page + 64));
    csan_publish_fixed(rows, page + 64, 64);
    csan_share(page + 64);
    return 0;
}
