/* The 47th share of a buffer has an address in common with all further ones. Once the last of these is
 * released, one more release of it is told of at its place, and takes nobody else's share. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:again}}: error: csan\[unreleased\]: a share of a buffer of 64 B of cache "rows" was released twice
#include "cached.h"

int main(void)
{
    const char *all[48];
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    for (int i = 0; i < 48; i++)
        all[i] = csan_share(p);
    MUST(all[46] == all[47] && all[45] != all[46]);
    csan_release(all[46]);
    csan_release(all[47]);
    csan_release(all[47]); /* again */
    for (int i = 0; i < 46; i++)
        csan_release(all[i]);
    memset(all, 0, sizeof all);
    drop(p);
    return 0;
}
