/* Paths: who keeps this block. One shortest chain of pointers from a root to it, and how much the
 * pointer that the chain begins with keeps alive all by itself.
 *
 *   root word ──▶ block ──▶ … ──▶ block that is asked about
 *
 * Breadth first, from what lasts (globals, thread-locals, mapped memory) before stacks and
 * registers: a local variable explains a block only when nothing else does. Kept are the blocks
 * that would be lost if the chain's first pointer were cleared: what it dominates, not what it
 * reaches.
 *
 * World stopped, account not frozen (it freezes it itself); a microsecond or two a block that is
 * met (bench/pointers_bench.c), so only for findings. 24 bytes a block that is met, mapped for the
 * search. Needs mark, roots, pointers; used by detectors. */
#ifndef CSAN_DETECT_PATH_H
#define CSAN_DETECT_PATH_H

#include "record/finding.h"
#include "record/world.h"

#define PATH_PLACES 6u /* of a longer chain the first ones and the last two */

struct path {
    uintptr_t block; /* asked about: its start; 0: the nearest block of `stack`, then it is that */
    uint32_t stack;
    const struct place *places; /* of the world's scratch arena: a root, then blocks; NULL: nothing
                                   holds it */
    uint32_t nplaces;
    uint64_t kept_bytes, kept_blocks; /* 0: others hold it, too */
};

/* Fills in n paths in one search. 0 or -ENOMEM. */
int csan__path_find(const struct world *w, struct path *paths, size_t n);
/* The finding says who holds it. */
void csan__path_tell(const struct path *p, struct finding *f);

#endif
