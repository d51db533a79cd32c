/* The table's own memory, of the program's allocator, is refused: the entry is in no table, and
 * csan has not heard of it. */
// flags: -Iinclude/uthash_csan -DHASH_NONFATAL_OOM=1
#include <stdlib.h>

static int refused, given;

static void *own_malloc(size_t n)
{
    void *p = given++ % 2 ? NULL : malloc(n);
    refused += !p;
    return p;
}

#define uthash_malloc(n) own_malloc(n)
#define uthash_free(p, n) free(p)
#include <uthash.h>

#include "case.h"

struct entry {
    int id, value;
    UT_hash_handle hh;
};

static struct entry *cache;
struct entry *volatile remembered;

int main(void)
{
    struct entry *e = (struct entry *)calloc(1, sizeof *e);
    MUST(e);
    HASH_ADD_INT(cache, id, e);
    MUST(refused == 1 && !e->hh.tbl);
    e->value++;
    remembered = e; /* of no cache: not an escape */
    free(e);
    return 0;
}
