/* A pool of lines, and the list of its spare ones. */
#ifndef POOLED_H
#define POOLED_H

#include <csan_share.h>

#include "case.h"

enum { ROOM = 256 };
static csan_pool_t *pool;
static char *spare[8];
static int nspare;

static NOINLINE __attribute__((unused)) char *get(void)
{
    char *p = nspare ? spare[--nspare] : calloc(1, ROOM);
    MUST(p);
    p = csan_lend(pool, p, 0, ROOM);
    return keep(p);
}

static NOINLINE __attribute__((unused)) void put(char *p)
{
    spare[nspare++] = csan_give_back(pool, p, 0, ROOM);
    wipe_stack();
}

static NOINLINE __attribute__((unused)) void close_pool(void)
{
    while (nspare)
        free(spare[--nspare]);
    memset(spare, 0, sizeof spare);
    keep(spare);
}

/* What the first tenant leaves is meant for the next; used: as the first one tells the pool. */
static NOINLINE __attribute__((unused)) void pass_on_five_bytes(size_t used)
{
    char *line = get();
    memcpy(line, "hello", 5);
    line = csan_lend(pool, csan_give_back(pool, line, used, ROOM), 5, ROOM);
    MUST(memcmp(line, "hello", 6) == 0);
    csan_forget(pool, line);
    free(line);
}

/* A stale slot or two are left in the list. Returns what was lent first. */
static NOINLINE __attribute__((unused)) char *leave_stale_slots(void)
{
    char *a = get(), *b = get(), *first = a;
    put(a);
    put(b); /* the list is now a, b */
    a = get();
    put(a);
    a = get(), b = get();
    put(b);
    put(a);
    wipe_stack();
    return first;
}

#endif
