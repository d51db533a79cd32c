/* A way out of the function forgets the release. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 3 shares of cache "rows" were never released > max_escapes=0$
// expect: by thread [0-9]+$
// expect: freed: at drop
#include "cached.h"

static NOINLINE int use(char *p, int fault)
{
    const char *row = csan_share(p); /* shared */
    if (fault)
        return -1;
    csan_release(row);
    return 0;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    for (volatile int i = 0; i < 6; i++)
        use(p, i % 2);
    drop(p);
    return 0;
}
