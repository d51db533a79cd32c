/* Deleted from one of the two tables that it was in, an entry is cached as before. */
// flags: -Iinclude/uthash_csan
#include <csan.h>
#include <uthash.h>

#include "case.h"

struct user {
    int id, age;
    UT_hash_handle hh, by_age;
};

static struct user *ids, *ages;

static NOINLINE void fill(void)
{
    struct user *u = calloc(1, sizeof *u);
    MUST(u);
    HASH_ADD_INT(ids, id, u);
    HASH_ADD(by_age, ages, age, sizeof u->age, u);
    HASH_DELETE(by_age, ages, u);
}

int main(void)
{
    fill();
    wipe_stack();
    MUST(csan_check(0) == 0 && ids && !ages);
    struct user *u = ids;
    HASH_DEL(ids, u);
    free(u);
    return 0;
}
