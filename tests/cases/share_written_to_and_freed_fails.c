/* A row is written to and freed while somebody reads it: both are told of. */
// findings: 2
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows" was changed while it was shared
// expect: csan\[unreleased\]
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_share(p);
    *(volatile char *)(p + 5) = 1;
    free(p);
    wipe_stack();
    return 0;
}
