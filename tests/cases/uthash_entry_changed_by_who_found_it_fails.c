/* Who looked an entry up changes it: the next one sees that. */
// flags: -Iinclude/uthash_csan
// findings: 1
// expect: ^{{at:found}}: error: csan\[mutation\]: a buffer of 72 B of cache "cache" was changed while it was shared > max_escapes=0$
// expect: published: at add
#include <uthash.h>

#include "case.h"

struct entry {
    int id, value;
    char *row;
    UT_hash_handle hh;
};

static struct entry *cache;

static NOINLINE struct entry *find(int id)
{
    struct entry *e;
    HASH_FIND_INT(cache, &id, e); /* found */
    return e;
}

static NOINLINE void add(int id)
{
    struct entry *e = calloc(1, sizeof *e);
    MUST(e);
    e->id = id;
    e->row = calloc(1, 40);
    HASH_ADD_INT(cache, id, e);
    wipe_stack();
}

static NOINLINE void evict(struct entry *e)
{
    HASH_DEL(cache, e);
    free(e->row);
    free(e);
    wipe_stack();
}

static NOINLINE __attribute__((unused)) void touch(struct entry *e)
{
    HASH_DELETE(hh, cache, e);
    HASH_ADD_INT(cache, id, e);
    wipe_stack();
}

static NOINLINE void evict_all(void)
{
    struct entry *e, *next;
    HASH_ITER(hh, cache, e, next)
    evict(e);
}

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
