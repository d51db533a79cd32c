/* Published bytes in memory of their own, seen through many addresses (share=precise).
 *
 *   colour 0    │ header │ bytes of the block … │        the owner's: may be written
 *   colour 1    │        the same pages         │        a borrower's: may be read
 *      …
 *   colour 48   │        the same pages         │        of a pool's loan: may be written
 *
 * One stretch of address space, of COLOURS + 1 windows of equal size; what stands at one offset of
 * each is one page of shared memory, which no descriptor stands for. So each share has an address
 * of its own, a store through it faults, and one that was given back can be guarded alone.
 *
 * A span is the pages of one block. Its block has the header of a chunk of malloc's that was mapped
 * by itself, so that the account of blocks (block.h) needs no second form. What was freed stays
 * guarded, and is used again only after many others.
 *
 * make and free under the registry's lock (record/share.h); take and give with the item held; the
 * rest from any thread, signal handlers too. No policy here: detect/share_precise.c has it.
 * Needs base. */
#ifndef CSAN_RECORD_COLOUR_H
#define CSAN_RECORD_COLOUR_H

#include "base/base.h"

#define COLOURS 63u
#define COLOUR_COMMON 47u /* of all shares that find no other: several at once */
#define COLOUR_LOANS 48u  /* this one and all above may be written to */

#define COLOUR_WINDOW_BITS 36u
#define COLOUR_WINDOW ((size_t)1 << COLOUR_WINDOW_BITS)

extern uintptr_t csan__colour_lo; /* a multiple of COLOUR_WINDOW */
extern size_t csan__colour_bytes; /* 0: there is none */

static CSAN_ALWAYS_INLINE bool csan__colour_holds(uintptr_t addr)
{
    return CSAN_UNLIKELY(addr - csan__colour_lo < csan__colour_bytes);
}

static CSAN_ALWAYS_INLINE unsigned csan__colour_of(uintptr_t addr)
{
    return (unsigned)((addr - csan__colour_lo) >> COLOUR_WINDOW_BITS);
}

/* The owner's address of it; of any other address that address. */
static CSAN_ALWAYS_INLINE uintptr_t csan__colour_home(uintptr_t addr)
{
    return csan__colour_holds(addr) ? csan__colour_lo + (addr & (COLOUR_WINDOW - 1)) : addr;
}

static CSAN_ALWAYS_INLINE bool csan__colour_is_owners(uintptr_t addr)
{
    return csan__colour_holds(addr) && csan__colour_of(addr) == 0;
}

/* Who had a colour last, or has it. */
struct colour_use {
    uint32_t stack, released_stack; /* released_stack: 0 while it is somebody's */
    int tid, released_tid;
    uint32_t epoch;
};

#define COLOUR_USES 8u /* of a chunk */
struct span {
    uintptr_t at;   /* the block, as its owner sees it */
    size_t usable;  /* as malloc would say: the account included */
    uint32_t first; /* page, from the window's start */
    uint32_t pages;
    uint32_t next;        /* span, where it is in a list */
    uint32_t common;      /* shares that have COLOUR_COMMON */
    uint32_t freed_stack; /* 0: it lives */
    uint8_t next_share, next_loan;
    uint64_t live;      /* colours that are somebody's */
    uint64_t guarded;   /* accesses fault; bit 0: the owner's too */
    uint64_t protected; /* of those: by mprotect */
    struct colour_use *uses[(COLOURS + 1) / COLOUR_USES];
};

/* 0; -ENOMEM, -EAGAIN where the program has a limit on its address space. Once. */
int csan__colour_start(void);
/* Room for a block of so many bytes, aligned as `like` is. NULL: none. Its bytes are zero. */
struct span *csan__colour_make(size_t asked, uintptr_t like);
/* Guarded from now on; the memory goes back. */
void csan__colour_free(struct span *s, uint32_t stack);
/* The one around an address of any colour, freed ones too; NULL: none. */
struct span *csan__colour_span(uintptr_t addr);

/* A colour for one more share or loan; 0: none is to be had. */
unsigned csan__colour_take(struct span *s, bool loan, const struct colour_use *who);
/* It is nobody's any more, and guarded as far as the kernel can. False: somebody still has it. */
bool csan__colour_give(struct span *s, unsigned colour, uint32_t stack, int tid);
/* The guard of a colour is taken away: one access has been told of. */
void csan__colour_unguard(struct span *s, unsigned colour);
/* NULL: never used. */
struct colour_use *csan__colour_use(const struct span *s, unsigned colour);

/* Pages of a read-only colour may be written to, or no longer. Signal-safe. */
bool csan__colour_open(uintptr_t page);
void csan__colour_close(uintptr_t page);

/* How many colours could not be guarded, for want of mappings or of MADV_GUARD_INSTALL. */
uint64_t csan__colour_unguarded(void);
/* Which of n pages of the owner's window have bytes: one byte each, bit 0. False: not known. */
bool csan__colour_present(uintptr_t page, size_t n, unsigned char *out);

/* Around fork, with all locks held: the child's bytes are to be its own. False: no memory for that,
 * and what the child stores is its parent's too. */
void csan__colour_forking(void);
void csan__colour_forked(bool in_child);
bool csan__colour_is_shared_with_parent(void);

bool csan__colour_is_valid(void);

#endif
