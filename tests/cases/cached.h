/* A cache of one table. */
#ifndef CACHED_H
#define CACHED_H

#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;

static NOINLINE __attribute__((unused)) char *load(size_t n)
{
    char *p = calloc(1, n);
    MUST(p);
    p = csan_publish(rows, p, 0);
    return keep(p);
}

static NOINLINE __attribute__((unused)) void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

/* Two rows, where precise is not to be had: a share is the owner's address. */
static NOINLINE __attribute__((unused)) void share_as_cheap_does(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *q = load(64);
    const char *row = csan_share(p);
    MUST(row == p);
    csan_release(row);
    drop(p);
    drop(q);
}

#endif
