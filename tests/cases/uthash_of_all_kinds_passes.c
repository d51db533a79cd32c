/* Replaced, cleared, selected, in two tables at once: each entry is known as long as it is in one. */
// flags: -Iinclude/uthash_csan
#include <uthash.h>

#include "case.h"

struct user {
    int id;
    char name[12];
    UT_hash_handle hh, by_name;
};

static struct user *ids, *names;
static struct user stays[4];

#define IS_EVEN(u) (((const struct user *)(u))->id % 2 == 0)

static NOINLINE void fill(void)
{
    for (int i = 0; i < 4; i++) {
        struct user *u = &stays[i], *old;
        u->id = i;
        snprintf(u->name, sizeof u->name, "u%d", i);
        HASH_REPLACE_INT(ids, id, u, old);
        MUST(!old);
        HASH_ADD_KEYPTR(by_name, names, u->name, strlen(u->name), u);
    }
}

int main(void)
{
    struct user *u, *again = calloc(1, sizeof *again), *selected = NULL;
    int id = 2;
    fill();
    HASH_FIND_INT(ids, &id, u);
    MUST(u == &stays[2]);
    again->id = 2;
    HASH_REPLACE_INT(ids, id, again, u);
    MUST(u == &stays[2]);
    HASH_FIND(by_name, names, "u2", 2, u);
    MUST(u == &stays[2]);
    HASH_FIND_INT(ids, &id, u);
    MUST(u == again);
    HASH_CLEAR(by_name, names);
    HASH_SELECT(by_name, selected, hh, ids, IS_EVEN);
    MUST(HASH_CNT(by_name, selected) == 2);
    HASH_DEL(ids, again);
    HASH_DELETE(by_name, selected, again);
    free(again);
    HASH_CLEAR(by_name, selected);
    HASH_CLEAR(hh, ids);
    return 0;
}
