/* What is published fixed stays where it is, and is checked by sums; so is what its owner changes
 * outside its window. */
// env: CSAN_SHARE=precise
// findings: 2
// expect: ^{{at:fixed}}: error: csan\[mutation\]: a buffer of 32 B of cache "rows" was changed while it was shared
// expect: ^{{at:owner}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was changed while it was shared
#include "cached.h"

static char table[32];

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    MUST(csan_publish_fixed(rows, table, sizeof table) == table);
    char *row = (char *)csan_share(table); /* fixed */
    MUST(row == table);
    row[3] = 1;
    csan_release(row);
    char *p = load(64);
    const char *other = csan_share(p); /* owner */
    p[3] = 1;
    csan_release(other);
    drop(p);
    return 0;
}
