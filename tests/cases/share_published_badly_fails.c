/* What cannot be published, and how that is said: none of it ends the program. */
// findings: 8
// expect: ^{{at:stack}}: error: csan\[pool\]: csan_publish of memory that is no heap block > max_escapes=0$
// expect: ^{{at:long}}: error: csan\[pool\]: 41 B of cache "rows" begin in a block that has 40 B left there >
// expect: ^{{at:static}}: error: csan\[pool\]: csan_publish of memory that is no heap block >
// expect: ^{{at:unknown}}: error: csan\[pool\]: csan_publish of memory that is no heap block >
// expect: ^{{at:low}}: error: csan\[pool\]: 8 B at an address that is no memory, given to a cache >
// expect: ^{{at:wide}}: error: csan\[pool\]: 16 EiB at an address that is no memory, given to cache "rows" >
// expect: ^{{at:high}}: error: csan\[pool\]: 100 B at an address that is no memory, given to cache "rows" >
// expect: ^{{at:across}}: error: csan\[pool\]: 64 B at an address that is no memory, given to cache "rows" >
#include <csan_share.h>

#include "case.h"

static char table[32], other[32];

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char local[16] = {0}, *p = malloc(40);
    MUST(p);
    MUST(csan_publish(rows, NULL, 10) == NULL);
    MUST(csan_publish(rows, local, sizeof local) == local); /* stack */
    MUST(csan_publish(rows, p, 41) == p);                   /* long */
    MUST(csan_publish(rows, table, sizeof table) == table); /* static */
    MUST(csan_publish_fixed(rows, table + 8, 0) == table + 8); /* unknown */
    MUST(csan_publish_fixed((csan_cache_t *)local, (void *)8, 8) == (void *)8); /* low */
    MUST(csan_publish_fixed(rows, other, (size_t)-1) == other);                 /* wide */
    MUST(csan_publish_fixed(rows, (void *)-1, 100) == (void *)-1);              /* high */
    MUST(csan_publish_fixed(rows, (void *)0x7fffffffffe0, 64)); /* across */
    csan_release(csan_share((void *)10));
    csan_evict(rows, NULL);
    csan_evict(rows, table + 20);
    csan_evict(rows, local);
    csan_sealed(rows, NULL);
    csan_mutable(NULL, 3);
    csan_mutable(p, (size_t)-1);
    csan_touch(NULL, NULL);
    csan_touch(p, NULL);
    MUST(csan_writable(rows, table) == table);
    csan_evict(rows, p);
    free(p);
    char *name = malloc((1 << 20) + 1);
    MUST(name);
    memset(name, 'n', 1 << 20);
    name[1 << 20] = '\0';
    csan_cache_t *named = csan_cache(name, 0, 0);
    csan_pool_t *pool = csan_pool(name, 0, 0);
    free(name); /* it was copied, and cut */
    p = csan_publish(named, malloc(8), 8);
    csan_release(csan_share(p));
    csan_evict(named, p);
    free(csan_give_back(pool, csan_lend(pool, p, 0, 8), 0, 8));
    return 0;
}
