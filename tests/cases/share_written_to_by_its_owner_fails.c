/* The owner changes a buffer that is shared, outside its window. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 1.0 KiB of cache "rows" was changed while it was shared >
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(1024);
    const char *row = csan_share(p);
    p[0]++;
    csan_release(row);
    drop(p);
    return 0;
}
