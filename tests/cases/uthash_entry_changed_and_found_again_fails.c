/* Who finds the entry next does not make good what the one before did to it. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[mutation\]: a buffer of [0-9]+ B of cache "cache" was changed while it was shared
#include "uthash_cache.h"

int main(void)
{
    add(1);
    struct entry *e = find(1);
    e->value++;
    MUST(find(1) == e);
    evict_all();
    return 0;
}
