/* The account of live blocks: is this address in a live block, which, how large, from where.
 *
 *   p ┌──────────────── asked ────────────────┬ slack ┬──── 8 bytes ────┐
 *     │ the program's bytes                   │       │ account         │   small blocks
 *     └───────────────────────────────────────┴───────┴─────────────────┘
 *     one bit per 16 bytes of address space says "a live block starts here"
 *
 * Hooks ask malloc for BLOCK_TAIL bytes more than the program did. Small blocks carry their account
 * in the last 8 usable bytes; large ones (usable >= BLOCK_LARGE) keep it in a table of csan's, so
 * that no page of theirs is touched. The pointer and its alignment stay malloc's own.
 *
 * add after the real malloc, take before the real free. Neither serialises threads for small
 * blocks. find and each are exact while the account is frozen (a verdict: no other thread runs),
 * and safe at any time: then they read the heap by copies, slowly. usable must be at least asked +
 * BLOCK_TAIL; a block that breaks this, or for which there is no memory, is counted as lost.
 * block_map.h has the bitmap, large.h the table.
 * Needs base, readable; used by hook/heap.c (add, take), detect (find, each), session. */
#ifndef CSAN_RECORD_BLOCK_H
#define CSAN_RECORD_BLOCK_H

#include "base/base.h"

#define BLOCK_TAIL ((size_t)8)
#define BLOCK_LARGE ((size_t)64 << 10)
#define BLOCK_EPOCH_MAX 0xffffu

enum block_family { BLOCK_MALLOC, BLOCK_NEW, BLOCK_NEW_ARRAY, BLOCK_FAMILIES };

struct block {
    uintptr_t start;
    size_t asked;  /* bytes the program asked for */
    size_t usable; /* malloc's own, tail included */
    uint32_t stack;
    uint32_t epoch; /* mark after which it was allocated */
    enum block_family family;
    bool ignored; /* csan_ignore, csan_disable: no leak */
    bool damaged; /* its account was overwritten: size is usable - BLOCK_TAIL, stack as far as left
                   */
};

/* Set by the hook layer before the first block; without both, sizes cannot be read. */
extern size_t (*csan__block_real_usable)(void *);
extern bool csan__block_chunk_headers; /* malloc is glibc's: the size stands in front of a block */
/* Set before the process gets its second thread; from then on bits are changed atomically. */
extern bool csan__block_threaded;

int csan__block_init(void); /* 0 or -ENOMEM */
/* b->start, asked, usable, stack, family, ignored are read; the epoch is now's. */
CSAN_HOT void csan__block_add(const struct block *b);
/* False: not a live block of csan's (foreign, early, or freed before). usable: malloc's own. */
CSAN_HOT bool csan__block_take(uintptr_t start, size_t usable, struct block *old);
/* The same for a block that is freed, in the family's way. *old has usable when it was live, and
 * all its facts when something is wrong. */
enum block_drop { DROP_DONE, DROP_NOT_LIVE, DROP_DAMAGED, DROP_OTHER_FAMILY };
CSAN_HOT enum block_drop csan__block_drop(uintptr_t start, enum block_family as, struct block *old);
/* What was a block at start, by the account that is left there: taken or dropped since, and not
 * written over. A guess: who got the memory past csan may not have touched those bytes. */
bool csan__block_left(uintptr_t start, struct block *out);
/* What the program asked for, of a live block: what malloc_usable_size may tell. */
size_t csan__block_asked(uintptr_t start, size_t usable);
/* After a failed realloc: back as it was, epoch included. */
void csan__block_put_back(const struct block *b);
CSAN_HOT bool csan__block_is_live(uintptr_t start);
/* The block that holds addr: start <= addr < start + asked, or addr == start. */
bool csan__block_find(uintptr_t addr, struct block *out);
/* The live block that begins at start; false: none, or its memory cannot be read. */
bool csan__block_at(uintptr_t start, struct block *out);
/* Has there ever been one? */
bool csan__block_any(void);
/* Ascending within a region; stops when visit returns false. */
void csan__block_each(bool (*visit)(const struct block *b, void *arg), void *arg);

/* Around a verdict, by the one thread that runs: find, at and each read directly what
 * world->mappings say is readable. 0 or -ENOMEM; thaw only after a freeze that gave 0. */
struct world;
int csan__block_freeze(const struct world *world);
void csan__block_thaw(void);

bool csan__block_ignore(uintptr_t addr); /* false: no live block there */

uint32_t csan__block_epoch(void);     /* now's */
uint32_t csan__block_new_epoch(void); /* csan_mark, fork: everything from now on is newer */
/* What was allocated from that mark on is nobody's leak; a new epoch begins. By epochs, whatever
 * there is of blocks: cheap. False: the last epoch is among them, which goes on; its blocks have to
 * be ignored one by one. */
bool csan__block_forgive(uint32_t since);
bool csan__block_is_forgiven(const struct block *b);
uint64_t csan__block_lost(void);    /* blocks that could not be accounted for: no memory */
uint64_t csan__block_damaged(void); /* times that an overwritten account was met */
bool csan__block_is_valid(void);
/* Test seam: the Nth mapping from now fails once (0: off). */
void csan__block_fail_nth(unsigned n);

#endif
