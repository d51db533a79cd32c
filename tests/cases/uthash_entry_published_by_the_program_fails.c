/* What the program has published itself is its own affair in a table, too: its shares are released,
 * and a look-up is none. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[unreleased\]: 1 share of cache "rows" was never released > max_escapes=0$
#include <csan_share.h>

#include "uthash_cache.h"

int main(void)
{
    struct entry *e = calloc(1, sizeof *e);
    MUST(e);
    csan_publish_fixed(csan_cache("rows", 0, 0), e, 0);
    csan_mutable(&e->hh, sizeof e->hh);
    e->id = 1;
    HASH_ADD_INT(cache, id, e);
    MUST(find(1) == e);
    csan_share(e);
    return 0;
}
