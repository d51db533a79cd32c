/* Two have looked the entry up when it is found to be changed: both are named. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: csan\[mutation\]: a buffer of 72 B of cache "cache" was changed while it was shared >
// expect: shared as well by thread [0-9]+: at second
// expect: at first
#include "uthash_cache.h"

static NOINLINE struct entry *first(void)
{
    struct entry *e;
    int id = 3;
    HASH_FIND_INT(cache, &id, e);
    return e;
}

static NOINLINE struct entry *second(void)
{
    struct entry *e;
    int id = 3;
    HASH_FIND_INT(cache, &id, e);
    return keep(e); /* not the same code as first() */
}

int main(void)
{
    add(3);
    find(0);
    MUST(first() == second());
    first()->value++;
    evict_all();
    return 0;
}
