/* realloc and free of a share: told, and carried out. */
// env: CSAN_SHARE=precise
// findings: 3
// expect: ^{{at:moved}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was given to realloc while it was shared
// expect: ^{{at:freed}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was freed while it was shared
// expect: ^{{at:and is no missing release}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was freed while it was shared
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *q = load(64);
    p[3] = 7;
    char *row = (char *)csan_share(p), *other = (char *)csan_share(q);
    volatile uintptr_t rows_address = (uintptr_t)row, others_address = (uintptr_t)other;
    csan_evict(rows, p);
    csan_release(csan_share(p));
    char *larger = realloc(row, 4000); /* moved */
    MUST(larger && larger[3] == 7 && larger[63] == 0);
    free(larger);
    csan_release((void *)rows_address);
    free(other); /* freed */
    csan_release((void *)others_address);
    free((char *)(uintptr_t)csan_share(load(64))); /* and is no missing release */
    wipe_stack();
    return 0;
}
