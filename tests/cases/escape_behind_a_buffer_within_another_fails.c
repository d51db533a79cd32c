// expect: error: csan\[escape\]: 1 pointer into a buffer of cache "pages" that was evicted
// expect: buffer of 400 B, offset 300
// findings: 1
#include <csan.h>
#include <csan_share.h>

#include "case.h"

/* A row lies in a page, and both are evicted: behind the row there is the page. */
static char *volatile kept;

int main(void)
{
    csan_cache_t *pages = csan_cache("pages", 0, 0), *rows = csan_cache("rows", 0, 0);
    char *page = keep(calloc(1, 400));
    csan_publish_fixed(pages, page, 0);
    csan_publish_fixed(rows, page + 100, 50);
    kept = page + 300;
    csan_evict(rows, page + 100);
    csan_evict(pages, page);
    wipe_stack();
    MUST(csan_check(0) == 1);
    kept = NULL;
    free(page);
    return 0;
}
