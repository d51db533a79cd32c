/* The census knows a share's address for the buffer it is of. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:shared}}: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored
// expect: buffer of 64 B, offset 5
// expect: stored in global last
#include <csan.h>

#include "cached.h"

static const char *volatile last;

int main(void)
{
    csan_mark_t start = csan_mark();
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p); /* shared */
    last = row + 5;
    csan_release(row);
    row = NULL;
    csan_evict(rows, p);
    MUST(csan_check(start) == 1);
    free(p);
    p = NULL;
    last = NULL;
    wipe_stack();
    return 0;
}
