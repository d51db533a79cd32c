/* A borrower writes to what the cache lent. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was changed while it was shared > max_escapes=0$
// expect: found when it was released: at main .*:{{line:released}}$
// expect: published: at load
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    char *row = (char *)csan_share(p); /* shared */
    row[7] = 1;
    csan_release(row); /* released */
    drop(p);
    return 0;
}
