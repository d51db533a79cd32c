/* A cache that serves one row, whose borrower (the case's `remember`) keeps its address, and that
 * drops the row then. A twin that forgets it in time defines FORGETS. */
#ifndef ESCAPING_H
#define ESCAPING_H

#include <csan.h>
#include <csan_share.h>

#include "case.h"

#ifdef FORGETS
#define KEPT(row) NULL
#else
#define KEPT(row) ((char *)(size_t)(row)) /* no const */
#endif

static csan_cache_t *rows;

static void remember(const char *row);

/* The cache's own frames are gone when somebody looks. */
static NOINLINE __attribute__((unused)) void serve(void)
{
    char *p = (char *)calloc(1, 64);
    MUST(p);
    rows = csan_cache("rows", 0, 0);
    p = (char *)csan_publish(rows, p, 0);
    const char *row = (const char *)csan_share(p);
    remember(row);
    csan_release(row);
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

#endif
