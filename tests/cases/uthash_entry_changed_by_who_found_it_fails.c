/* Who looked an entry up changes it: the next one sees that. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: \| HASH_FIND_INT
// expect: ^tests/cases/uthash_cache\.h:[0-9]+:5: error: csan\[mutation\]: a buffer of 72 B of cache "cache" was changed while it was shared > max_escapes=0$
// expect: published: at add
#include "uthash_cache.h"

int main(void)
{
    for (volatile int i = 0; i < 20; i++)
        add(i);
    struct entry *found = find(3);
    MUST(found);
    found->value++;
    add(100); /* links of entries change, and buckets grow */
    evict_all();
    return 0;
}
