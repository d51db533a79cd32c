/* The table of those blocks whose account is not behind them: large ones, and small ones whose
 * facts do not fit 8 bytes.
 *
 * Open addressing with linear probing in shards, each with its lock (LOCK_BLOCKS), which grow by
 * mapping twice their size. Thread-safe. The frozen list, sorted by address, is made for the time
 * of a verdict. Needs base, ranges; the inside of record/block, shared with detect (the frozen
 * list). */
#ifndef CSAN_RECORD_LARGE_H
#define CSAN_RECORD_LARGE_H

#include "record/world.h"

struct large {
    uintptr_t start; /* 0: an empty slot */
    size_t asked;
    size_t usable;
    uint32_t stack;
    uint16_t epoch;
    uint8_t family;
    uint8_t ignored;
};
_Static_assert(sizeof(struct large) == 32, "two a cache line");

bool csan__large_put(const struct large *l); /* replaces; false: no memory */
bool csan__large_take(uintptr_t start, struct large *out);
bool csan__large_get(uintptr_t start, struct large *out);
bool csan__large_ignore(uintptr_t start);
/* The one that holds addr, by looking at each. */
bool csan__large_find(uintptr_t addr, struct large *out);

int csan__large_freeze(void); /* 0 or -ENOMEM */
void csan__large_thaw(void);
/* Start of the one that holds addr, in the frozen list; 0: none. */
uintptr_t csan__large_frozen_find(uintptr_t addr);
/* [start, start + asked) of all, ascending, while frozen. */
const struct range *csan__large_frozen(size_t *n);

/* Each entry stands where its probing finds it, and live(start) holds. */
bool csan__large_is_valid(bool (*live)(uintptr_t start));

#endif
