/* Linked with -static: the same, uthash tables too. */
// mode: static
// flags: -Iinclude/uthash_csan
// findings: 2
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows"
// expect: csan\[mutation\]: a buffer of 64 B of cache "table"
#include <csan_share.h>
#include <uthash.h>

#include "case.h"

struct entry {
    int id, value;
    UT_hash_handle hh;
};

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p = csan_publish(rows, calloc(1, 64), 0);
    char *row = (char *)csan_share(p);
    row[3] = 1;
    csan_release(row);
    csan_evict(rows, p);
    free(p);
    struct entry *table = NULL, *e = calloc(1, sizeof *e);
    MUST(e);
    HASH_ADD_INT(table, id, e);
    int id = 0;
    HASH_FIND_INT(table, &id, e);
    e->value = 3;
    HASH_DEL(table, e);
    free(e);
    return 0;
}
