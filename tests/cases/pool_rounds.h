/* A pool of lines that the cases use round by round. */
#ifndef POOL_ROUNDS_H
#define POOL_ROUNDS_H

#include <csan.h>
#include <csan_share.h>

#include "case.h"

static csan_pool_t *pool;
static char *spare[64];
static size_t room[64];
static int nspare;

static NOINLINE __attribute__((unused)) char *get(size_t *capacity)
{
    char *p = nspare ? spare[--nspare] : calloc(1, 64);
    *capacity = p == spare[nspare] && room[nspare] ? room[nspare] : 64;
    spare[nspare] = NULL;
    MUST(p);
    p = csan_lend(pool, p, 0, *capacity);
    return keep(p);
}

static NOINLINE __attribute__((unused)) void put(char *p, size_t capacity)
{
    MUST(nspare < 64);
    room[nspare] = capacity;
    spare[nspare++] = csan_give_back(pool, p, 0, capacity);
}

static NOINLINE __attribute__((unused)) void close_pool(void)
{
    while (nspare) {
        free(spare[--nspare]);
        spare[nspare] = NULL;
    }
    wipe_stack();
}

#endif
