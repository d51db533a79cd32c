/* It counts when the row was evicted, not when it was published; and each time. */
// findings: 2
// expect: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in global last
#include "cached.h"

#include <csan.h>

const char *volatile last;

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_mark_t mark = csan_mark();
    last = p + 8;
    csan_evict(rows, p);
    MUST(csan_check(mark) == 1);
    MUST(csan_check(0) == 0);
    csan_publish(rows, p, 0);
    csan_evict(rows, p);
    MUST(csan_check(0) == 1);
    last = NULL;
    free(p);
    return 0;
}
