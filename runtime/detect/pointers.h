/* Pointers: where addresses of given memory are stored. One pass over all that the program can
 * reach: roots and live blocks. Freed blocks, dead stack, thread-locals that libc keeps for
 * no thread (roots.h) and csan's own memory are not looked at; neither are words that are not
 * aligned, nor disguised pointers.
 *
 *   word ── in [lowest, highest)? ── 16 bytes that a range covers? ── which range? ──▶ found()
 *           one subtraction          one bit, 1/128 of the span       its 4 KiB's first range
 *
 * World stopped, block account not frozen (it freezes it itself). Called by one thread, which looks
 * through a large heap with a crew and tells of all by itself, in the same order as without. Memory
 * is mapped for the pass and given back: 1/128 of the address space between ranges in each GiB that
 * has any. Needs memory, roots, crew, record; used by session/who.c and the census of shared
 * buffers. */
#ifndef CSAN_DETECT_POINTERS_H
#define CSAN_DETECT_POINTERS_H

#include "record/place.h"
#include "record/world.h"

struct pointer {
    struct place
        place;    /* where it is stored: kind, tid, at, value; csan__pointers_describe for more */
    size_t range; /* index of the range that it points into */
};

/* False: that is enough. */
typedef bool pointer_found(const struct pointer *p, void *arg);

/* `ranges`: ascending by lo, disjoint; an empty one stands for its first byte. Each place is handed
 * over once: roots first (in the order of roots.h), then blocks. 0 or -ENOMEM. */
int csan__pointers_find(const struct world *w, const struct range *ranges, size_t n,
                        pointer_found *found, void *arg);
/* Test seam: so many helpers (0: none; UINT32_MAX: what there is), from so many pages of 512 KiB
 * on. */
void csan__pointers_crew(uint32_t helpers, uint32_t pages);
/* Fills in what is known of a word at p->at beyond kind, tid: module and offset, or the block's
 * facts. Account frozen. */
void csan__pointers_describe(const struct world *w, struct place *p);

#endif
