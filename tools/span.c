/* Spans of addresses: a sorted array with a running maximum, searched from the right. */
#include "tools/span.h"

#include <errno.h>
#include <stdlib.h>

/* A look-up gives up on files that claim thousands of overlapping spans: they are garbage. */
#define STEPS_MAX 4096

int csan__spans_add(struct spans *s, uint64_t lo, uint64_t hi, uint32_t what, uint32_t rank)
{
    if (hi <= lo) {
        return 0;
    }
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 64 : s->room * 2;
        struct span *at = reallocarray(s->at, room, sizeof *at);
        if (at == NULL) {
            return -ENOMEM;
        }
        s->at = at;
        s->room = room;
    }
    s->at[s->count++] = (struct span){.lo = lo, .hi = hi, .what = what, .rank = rank};
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->lo != y->lo) {
        return x->lo < y->lo ? -1 : 1;
    }
    if (x->hi != y->hi) {
        return x->hi > y->hi ? -1 : 1; /* the smaller one later: it is met first from the right */
    }
    if (x->rank != y->rank) {
        return x->rank > y->rank ? -1 : 1;
    }
    return x->what == y->what ? 0 : x->what > y->what ? -1 : 1;
}

void csan__spans_sort(struct spans *s)
{
    if (s->count == 0) {
        return;
    }
    qsort(s->at, s->count, sizeof s->at[0], by_place);
    uint64_t top = 0;
    for (size_t i = 0; i < s->count; i++) {
        top = s->at[i].hi > top ? s->at[i].hi : top;
        s->at[i].top = top;
    }
}

const struct span *csan__spans_find(const struct spans *s, uint64_t address)
{
    size_t lo = 0, hi = s->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (s->at[middle].lo <= address) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    const struct span *best = NULL;
    for (unsigned step = 0; lo > 0 && s->at[lo - 1].top > address && step < STEPS_MAX; step++) {
        const struct span *at = &s->at[--lo];
        if (at->hi > address && (best == NULL || at->hi - at->lo < best->hi - best->lo)) {
            best = at;
        }
    }
    return best;
}

void csan__spans_free(struct spans *s)
{
    free(s->at);
    *s = (struct spans){0};
}
