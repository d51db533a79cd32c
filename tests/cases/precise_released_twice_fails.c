/* Of two shares the first is released twice: found although the other one is out. */
// env: CSAN_SHARE=precise
// findings: 2
// expect: ^{{at:twice}}: error: csan\[unreleased\]: a share of a buffer of 64 B of cache "rows" was released twice
// expect: released first by thread [0-9]+: at main .*:{{line:once}}$
// expect: ^{{at:other}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
#include "cached.h"

static char *p;

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    p = load(64);
    const char *row = csan_share(p);
    const char *other = csan_share(p); /* other */
    csan_release(row); /* once */
    csan_release(row); /* twice */
    keep((void *)other);
    return 0;
}
