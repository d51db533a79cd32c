/* That a row was moved while it was shared has been told; published anew, it is judged anew. */
// findings: 2
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows" was given to realloc while it was shared
// expect: csan\[mutation\]: a buffer of 32 B of cache "rows" was freed while it was shared
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    char *same = realloc(p, 32); /* where it is */
    csan_release(row);
    csan_evict(rows, same);
    csan_publish(rows, same, 0);
    row = csan_share(same);
    drop(same);
    csan_release(row);
    return 0;
}
