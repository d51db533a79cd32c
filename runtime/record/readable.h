/* Which memory may be read directly while the world is stopped, and which must be copied.
 *
 * A program may have made pages unreadable, or truncated a file that it has mapped (then a read
 * kills it). Anonymous readable mappings are read directly, those of files only where a page is
 * known to be present (detect/mark.c), everything else by copies, which fail instead of faulting.
 * csan's own memory is not in it: no block is there, and some of it comes and goes meanwhile.
 * Opened and closed around a verdict by record/block.c; nothing is readable directly while closed.
 * One thread, or several that only ask. Needs base, world.h; used by record/block, detect. */
#ifndef CSAN_RECORD_READABLE_H
#define CSAN_RECORD_READABLE_H

#include "record/world.h"

struct readable_span {
    struct range at;
    bool direct; /* false: of a file, or shared: pages that are not present may fault */
};

struct readable {
    struct range near;           /* the direct span of the last answer */
    bool near_stays;             /* several threads ask */
    struct readable_span *spans; /* ascending, disjoint */
    size_t count, map_bytes;
};
extern struct readable csan__readable;

int csan__readable_open(const struct world *w); /* 0 or -ENOMEM */
void csan__readable_close(void);
/* From now on several threads may ask; from now on one again. */
void csan__readable_share(void);
void csan__readable_unshare(void);
bool csan__readable_has_slow(uintptr_t lo, uintptr_t hi);
/* The first span that ends above addr, or NULL. */
const struct readable_span *csan__readable_from(uintptr_t addr);
const struct readable_span *csan__readable_end(void);

/* All of [lo, hi) may be read directly. */
static CSAN_ALWAYS_INLINE bool csan__readable_has(uintptr_t lo, uintptr_t hi)
{
    return CSAN_LIKELY(lo >= csan__readable.near.lo && hi <= csan__readable.near.hi) ||
           csan__readable_has_slow(lo, hi);
}

/* Copies n bytes at `from`, directly where that is safe; false: not all of them can be read. */
bool csan__readable_copy(void *to, uintptr_t from, size_t n);

#endif
