/* The entry is out of its table, and was not freed: who found it before changes it yet. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[mutation\]: a buffer of [0-9]+ B of cache "cache" was changed while it was shared
#include "uthash_cache.h"

#include <csan.h>

int main(void)
{
    add(1);
    struct entry *e = find(1);
    HASH_DEL(cache, e);
    e->value++;
    csan_check(0);
    free(e->row);
    free(e);
    return 0;
}
