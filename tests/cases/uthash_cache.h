/* A small cache that is a hash table of uthash's, for the cases of uthash_csan; the flags of a case
 * choose which header of uthash's it gets. */
#ifndef UTHASH_CACHE_H
#define UTHASH_CACHE_H

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

static NOINLINE __attribute__((unused)) void add(int id)
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

static NOINLINE __attribute__((unused)) void evict_all(void)
{
    struct entry *e, *next;
    HASH_ITER(hh, cache, e, next)
    evict(e);
}

#endif
