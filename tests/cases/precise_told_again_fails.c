/* One line stores through shares of two caches, and again after a check: each cache is a finding of
 * its own, and what was told is not told anew. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 3
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share \(3 times\) >
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 64 B of cache "lines" was written to through a share >
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share >
// stdout: ^2$
#include <csan.h>

#include "cached.h"

static NOINLINE void store(volatile char *row)
{
    row[3]++; /* stored */
}

static NOINLINE void store_through_all(csan_cache_t *const *caches, int n)
{
    for (int i = 0; i < n; i++) {
        char *p = calloc(1, 64);
        p = csan_publish(caches[i], p, 64);
        volatile char *row = (char *)csan_share(p);
        store(row);
        csan_release((void *)row);
        csan_evict(caches[i], p);
        free(p);
    }
}

int main(void)
{
    csan_cache_t *first = csan_cache("rows", 0, 0), *all[] = {first, csan_cache("lines", 0, 0), first, first};
    csan_mark_t since = csan_mark();
    store_through_all(all, 4);
    wipe_stack();
    printf("%d\n", csan_check(since));
    store_through_all(all, 1);
    wipe_stack();
    return 0;
}
