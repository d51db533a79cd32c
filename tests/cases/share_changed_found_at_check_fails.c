/* A change is found by csan_check while the buffer is still shared. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows"
#include "cached.h"

#include <csan.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_mark_t mark = csan_mark();
    csan_ignore(p);
    const char *row = csan_share(p);
    p[63] = 1;
    csan_evict(rows, p);
    csan_release(row);
    drop(p);
    csan_check(mark);
    return 0;
}
