/* A long buffer is summed the first sixteen times that it is shared, and the next time. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 4.0 KiB of cache "rows" was changed while it was shared
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(4096);
    for (int i = 1; i <= 17; i++) {
        const char *row = csan_share(p);
        p[9] = i == 17;
        csan_release(row);
    }
    drop(p);
    return 0;
}
