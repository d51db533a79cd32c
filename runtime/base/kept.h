/* Texts that the program gave, each kept once and for ever: who asks for one again gets the same
 * address, which stays good.
 *
 *     static struct kept_texts names;             zeroed: none
 *     const char *text = csan__kept(&names, "row_cache.lock", 14);
 *
 * A table of uthash in the arena: cold, for what is asked for when something is named, never on a
 * hot path. The caller's lock guards it. Needs arena.h; used by record/name.c and label.c. */
#ifndef CSAN_BASE_KEPT_H
#define CSAN_BASE_KEPT_H

#include "base/base.h"

struct kept_text;
struct kept_texts {
    struct kept_text *table;
    uint32_t count;
    uint32_t max; /* as many are kept; 0: as many as come */
};

/* `length` bytes without a NUL among them; NULL: no memory, or full. */
const char *csan__kept(struct kept_texts *texts, const char *text, size_t length);

#endif
