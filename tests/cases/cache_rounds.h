/* Rows of a cache that the cases fill round by round. */
#ifndef CACHE_ROUNDS_H
#define CACHE_ROUNDS_H

#include <csan.h>
#include <csan_share.h>

#include "case.h"

static void *kept_rows[16];
static int nkept_rows;

static inline void *new_row(void)
{
    void *p = calloc(1, 64);
    MUST(p);
    return p;
}

static inline void keep_row(void *row)
{
    MUST(nkept_rows < 16);
    kept_rows[nkept_rows++] = row;
}

static inline void two_more_rows(csan_cache_t *rows)
{
    for (int i = 0; i < 2; i++) {
        char *p = new_row();
        keep_row(csan_publish(rows, p, 64));
    }
}

static inline void drop_all(csan_cache_t *rows)
{
    while (nkept_rows > 0) {
        void *row = kept_rows[--nkept_rows];
        kept_rows[nkept_rows] = NULL;
        csan_evict(rows, row);
        free(row);
    }
}

#endif
