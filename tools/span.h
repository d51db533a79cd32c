/* Spans of addresses, each with a number: which of them holds this address?
 *
 * Filled once, sorted once, then asked. Spans may overlap and nest; the smallest one that holds the
 * address wins, and among equals the lowest rank. Used for compilation units, functions, symbols.
 * Owns its array. Needs nothing; used by units.c and names.c. */
#ifndef CSAN_TOOLS_SPAN_H
#define CSAN_TOOLS_SPAN_H

#include "base/base.h"

struct span {
    uint64_t lo, hi; /* lo <= address < hi */
    uint64_t top;    /* the highest hi of this span and all before it: where a search may stop */
    uint32_t what;   /* the caller's number for it */
    uint32_t rank;
};

struct spans {
    struct span *at;
    size_t count, room;
};

/* An empty span is left out. 0 or -ENOMEM. */
int csan__spans_add(struct spans *s, uint64_t lo, uint64_t hi, uint32_t what, uint32_t rank);
void csan__spans_sort(struct spans *s);
/* NULL: none holds it. */
const struct span *csan__spans_find(const struct spans *s, uint64_t address);
void csan__spans_free(struct spans *s);

#endif
