/* The same, and a store: found as cheap finds it. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:shared}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was changed while it was shared
// run: bash -c 'ulimit -v 4000000; exec $PROG $ARGS'
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    char *row = (char *)csan_share(p); /* shared */
    row[7] = 1;
    csan_release(row);
    drop(p);
    return 0;
}
