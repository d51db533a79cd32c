/* Reachability: from roots to the live blocks that they keep alive.
 *
 * Every live block begins white. A word that holds the address of a white block, or of a byte the
 * program asked for inside it, takes the white away, and the words of that block are looked at in
 * turn. Neither one past the end (but of C++'s arrays of no objects) nor a stale word behind the
 * asked bytes counts. What is still white when the roots are done is lost. The same machine then
 * floods among the lost ones, to tell which hang behind which.
 *
 *   root word ──▶ white? ──▶ stack (a fixed one; what does not fit waits in the gray bitmap)
 *                   ▲              │
 *                   └─ words ◀─ a short queue, so that the memory is there when it is read
 *
 * World stopped, block account frozen. The functions are one thread's to call; a crew (crew.h)
 * helps where there is much to follow, and takes the white away by atomic operations. Memory is
 * mapped for the verdict and given back: 24 MiB of address space per GiB of address space with
 * blocks, a 40th of the heap's size touched. Needs record/block, readable; used by roots, leak. */
#ifndef CSAN_DETECT_MARK_H
#define CSAN_DETECT_MARK_H

#include "record/world.h"

struct mark;

struct mark_reach {
    uint64_t blocks;
    uint64_t bytes; /* a block of 0 bytes counts as 1 */
};

struct mark_cursor {
    size_t leaf;
    uint32_t bit;
};

/* Freezes the account; every live block is white. 0 or -ENOMEM. */
int csan__mark_begin(const struct world *w, struct mark **out);
void csan__mark_end(struct mark *m);

/* From now on a pointer to the inside counts only where C++ has it: behind the count of a `new
 * T[n]`. */
void csan__mark_starts_only(struct mark *m);

/* Looks at the aligned words of [lo, hi), of which any part may be unreadable, and follows them. */
void csan__mark_scan(struct mark *m, uintptr_t lo, uintptr_t hi);
/* The same by copies, pages that were never touched too. */
void csan__mark_scan_copy(struct mark *m, uintptr_t lo, uintptr_t hi);
/* Follows n words that csan itself holds for the program. */
void csan__mark_words(struct mark *m, const uintptr_t *words, size_t n);
/* This block is reached, and all that hangs on it; what was white of that until now. */
struct mark_reach csan__mark_flood(struct mark *m, uintptr_t start);

bool csan__mark_is_white(uintptr_t start);
/* No longer white, and not followed. */
void csan__mark_drop(uintptr_t start);
/* The next white block, by address; blocks may lose their white between calls. */
bool csan__mark_next(const struct mark *m, struct mark_cursor *at, uintptr_t *start);
uint64_t csan__mark_count(const struct mark *m); /* of white blocks */

/* Test seam: so many helpers, and after so many blocks. */
void csan__mark_crew(uint32_t helpers, uint64_t after);

/* Remembers which blocks are white; makes just those white again. */
void csan__mark_save(const struct mark *m);
void csan__mark_restore(const struct mark *m);

#endif
