/* Every way in which a program may put an entry into a table of uthash's, look it up, and take it
 * out; the flags of a case choose the header, the filter, the memory. CHANGED: what the borrower of
 * an entry does to it. */
#ifndef UTHASH_WAYS_H
#define UTHASH_WAYS_H

#include <uthash.h>

#include "case.h"

struct user {
    int id;
    char name[12];
    void *key;
    int age;
    UT_hash_handle hh, by_name;
};

enum {
    BY_FIELD,
    BY_INT,
    IN_ORDER,
    BY_POINTER,
    IN_ORDER_BY_POINTER,
    BY_HASH,
    IN_ORDER_BY_HASH,
    BY_POINTER_AND_HASH,
    IN_ORDER_BY_POINTER_AND_HASH,
    REPLACED,
    REPLACED_IN_ORDER,
    REPLACED_BY_HASH,
    SELECTED,
    WAYS
};

static struct user *users, *chosen;

static int by_id(const struct user *a, const struct user *b)
{
    return a->id - b->id;
}

static NOINLINE void add_in_order(int way, struct user *u, struct user **old)
{
    unsigned hash;
    HASH_VALUE(&u->id, sizeof u->id, hash);
    if (way == IN_ORDER)
        HASH_ADD_INORDER(hh, users, id, sizeof u->id, u, by_id);
    else if (way == IN_ORDER_BY_POINTER)
        HASH_ADD_KEYPTR_INORDER(hh, users, &u->id, sizeof u->id, u, by_id);
    else if (way == IN_ORDER_BY_HASH)
        HASH_ADD_BYHASHVALUE_INORDER(hh, users, id, sizeof u->id, hash, u, by_id);
    else if (way == IN_ORDER_BY_POINTER_AND_HASH)
        HASH_ADD_KEYPTR_BYHASHVALUE_INORDER(hh, users, &u->id, sizeof u->id, hash, u, by_id);
    else
        HASH_REPLACE_INORDER(hh, users, id, sizeof u->id, u, *old, by_id);
}

#define IS_OLD(u) (((const struct user *)(u))->id == SELECTED)

static NOINLINE void add_one(int way, struct user *u)
{
    struct user *old = NULL;
    unsigned hash;
    u->id = way;
    HASH_VALUE(&u->id, sizeof u->id, hash);
    switch (way) {
    case BY_FIELD:
        HASH_ADD(hh, users, id, sizeof u->id, u);
        break;
    case BY_INT:
        HASH_ADD_INT(users, id, u);
        break;
    case BY_POINTER:
        HASH_ADD_KEYPTR(hh, users, &u->id, sizeof u->id, u);
        break;
    case BY_HASH:
        HASH_ADD_BYHASHVALUE(hh, users, id, sizeof u->id, hash, u);
        break;
    case BY_POINTER_AND_HASH:
        HASH_ADD_KEYPTR_BYHASHVALUE(hh, users, &u->id, sizeof u->id, hash, u);
        break;
    case REPLACED:
        HASH_REPLACE_INT(users, id, u, old);
        break;
    case REPLACED_BY_HASH:
        HASH_REPLACE_BYHASHVALUE(hh, users, id, sizeof u->id, hash, u, old);
        break;
    case SELECTED:
        HASH_ADD_INT(users, id, u);
        break;
    default:
        add_in_order(way, u, &old);
    }
    MUST(!old);
}

static NOINLINE struct user *look_up(struct user *table, int id)
{
    struct user *u;
    HASH_FIND_INT(table, &id, u); /* found */
    return u;
}

static NOINLINE __attribute__((unused)) struct user *look_up_chosen(int id)
{
    struct user *u;
    HASH_FIND(by_name, chosen, &id, sizeof id, u);
    return u;
}

static NOINLINE void use_all(void)
{
    for (int way = 0; way < WAYS; way++) {
        struct user *u = look_up(users, way);
        MUST(u && u->id == way);
#ifdef CHANGED
        CHANGED(u);
#endif
    }
}

static NOINLINE void drop_all(void)
{
    struct user *u, *next;
    HASH_SORT(users, by_id);
    HASH_CLEAR(by_name, chosen);
    HASH_ITER(hh, users, u, next)
    {
        HASH_DEL(users, u);
        free(u);
    }
    MUST(!users && HASH_COUNT(users) == 0);
}

static NOINLINE __attribute__((unused)) void go_all_ways(void)
{
    for (int way = 0; way < WAYS; way++) {
        struct user *u = (struct user *)calloc(1, sizeof *u);
        MUST(u);
        add_one(way, u);
    }
    HASH_SELECT(by_name, chosen, hh, users, IS_OLD);
    MUST(HASH_CNT(by_name, chosen) == 1 && look_up_chosen(SELECTED));
    use_all();
    drop_all();
    wipe_stack();
}

#endif
