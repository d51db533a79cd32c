/* 50,000 buffers that were freed, and 50,000 shares that were released: the first of each is still
 * guarded. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 2
// expect: ^{{at:freed}}: error: csan\[escape\]: a buffer of 64 B of cache "rows" was used after it was freed
// expect: ^{{at:released}}: error: csan\[escape\]: a share of a buffer of 64 B of cache "rows" was used after its release
#include "cached.h"

#define MANY 50000

static char *kept[MANY];

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *volatile first = load(64);
    drop(first);
    char *p = load(64);
    const volatile char *released = csan_share(p);
    csan_release((void *)released);
    for (int i = 0; i < MANY; i++)
        drop(load(64));
    for (int i = 0; i < MANY; i++) {
        kept[i] = load(64);
        csan_release(csan_share(kept[i]));
    }
    char seen = ((volatile char *)first)[0]; /* freed */
    seen |= released[0]; /* released */
    first = NULL;
    released = NULL;
    for (int i = 0; i < MANY; i++)
        drop(kept[i]);
    memset(kept, 0, sizeof kept);
    drop(p);
    return seen;
}
