/* The bitmap of block starts: one bit per 16 bytes of address space, in a two-level radix.
 *
 *   address  46 ........ 30 29 ............ 4 3..0
 *            └─ top[] index┘ └─ bit in leaf ─┘
 *
 *   top[2^17] ──▶ leaf of one GiB: used[2048]  one byte per page of bits that ever had one set
 *                                  bits[2^20]  mapped whole, touched page by page
 *
 * The inside of record/block.c, shared with detect/mark.c, which looks up every word of the heap
 * in it. Leaves are never given back. Lock-free: a leaf is published by compare-and-swap. */
#ifndef CSAN_RECORD_BLOCK_MAP_H
#define CSAN_RECORD_BLOCK_MAP_H

#include "record/block.h"

#define MAP_REGION_BITS 30
#define MAP_REGION ((uintptr_t)1 << MAP_REGION_BITS)
#define MAP_TOP ((uintptr_t)1 << 17)
#define MAP_WORDS ((uint32_t)1 << 20) /* of a leaf */
#define MAP_PAGE_WORDS ((uint32_t)512)
#define MAP_PAGES (MAP_WORDS / MAP_PAGE_WORDS)
#define MAP_NONE UINT32_MAX

struct block_leaf {
    uint8_t used[MAP_PAGES];
    uintptr_t base;          /* address of bit 0 */
    struct block_leaf *next; /* all leaves, newest first */
    struct mark_leaf *marks; /* detect/mark.c's, while a verdict lasts */
    uint64_t bits[MAP_WORDS] __attribute__((aligned(4096)));
};

extern struct block_leaf *csan__block_top[MAP_TOP];
extern struct block_leaf *csan__block_leaves;

static CSAN_ALWAYS_INLINE struct block_leaf *csan__block_leaf(uintptr_t addr)
{
    uintptr_t at = addr >> MAP_REGION_BITS;
    return CSAN_LIKELY(at < MAP_TOP) ? __atomic_load_n(&csan__block_top[at], __ATOMIC_ACQUIRE)
                                     : NULL;
}

static CSAN_ALWAYS_INLINE uint32_t csan__block_word(uintptr_t addr)
{
    return (uint32_t)(addr >> 10) & (MAP_WORDS - 1);
}

static CSAN_ALWAYS_INLINE uint64_t csan__block_bit(uintptr_t addr)
{
    return (uint64_t)1 << ((addr >> 4) & 63);
}

/* NULL: no memory, or no address of user space. */
CSAN_COLD struct block_leaf *csan__block_make_leaf(uintptr_t start);

static CSAN_ALWAYS_INLINE void csan__block_set_in(struct block_leaf *leaf, uintptr_t start)
{
    uint64_t bit = csan__block_bit(start), *word = &leaf->bits[csan__block_word(start)];
    if (CSAN_UNLIKELY(csan__block_threaded))
        __atomic_fetch_or(word, bit, __ATOMIC_RELAXED);
    else
        *word |= bit;
}

/* False: no memory for the leaf. */
static CSAN_ALWAYS_INLINE bool csan__block_set(uintptr_t start)
{
    struct block_leaf *leaf = csan__block_leaf(start);
    if (!leaf && !(leaf = csan__block_make_leaf(start)))
        return false;
    uint32_t page = csan__block_word(start) / MAP_PAGE_WORDS;
    if (!leaf->used[page])
        __atomic_store_n(&leaf->used[page], 1, __ATOMIC_RELAXED);
    csan__block_set_in(leaf, start);
    return true;
}

/* Of two threads that free the same block one gets true. */
static CSAN_ALWAYS_INLINE bool csan__block_clear(uintptr_t start)
{
    struct block_leaf *leaf = csan__block_leaf(start);
    if (CSAN_UNLIKELY(!leaf) || CSAN_UNLIKELY(start & 15))
        return false;
    uint64_t bit = csan__block_bit(start), *word = &leaf->bits[csan__block_word(start)];
    if (csan__block_threaded)
        return __atomic_fetch_and(word, ~bit, __ATOMIC_RELAXED) & bit;
    uint64_t old = *word;
    if (!(old & bit))
        return false;
    *word = old & ~bit;
    return true;
}

/* The first bit from bit `from` on that is set in `bits`, a bitmap of this leaf's shape; MAP_NONE:
 * none is left. Bits may change between calls. */
static inline uint32_t csan__block_next_bit(const struct block_leaf *leaf, const uint64_t *bits,
                                            uint32_t from)
{
    uint32_t word = from >> 6;
    if (word >= MAP_WORDS)
        return MAP_NONE;
    uint64_t rest = 0;
    if (leaf->used[word / MAP_PAGE_WORDS])
        rest = __atomic_load_n(&bits[word], __ATOMIC_RELAXED) & (~(uint64_t)0 << (from & 63));
    else
        word |= MAP_PAGE_WORDS - 1;
    while (!rest) {
        word++;
        if (word % MAP_PAGE_WORDS == 0)
            while (word < MAP_WORDS && !leaf->used[word / MAP_PAGE_WORDS])
                word += MAP_PAGE_WORDS;
        if (word >= MAP_WORDS)
            return MAP_NONE;
        rest = __atomic_load_n(&bits[word], __ATOMIC_RELAXED);
    }
    return word << 6 | (uint32_t)__builtin_ctzll(rest);
}

/* The nearest start at or below addr that is less than BLOCK_LARGE bytes away; 0: none. */
uintptr_t csan__block_below(uintptr_t addr);
/* The nearest start at or above lo and below hi; 0: none. */
uintptr_t csan__block_above(uintptr_t lo, uintptr_t hi);

bool csan__block_map_is_valid(void);

/* A mapping for the account; NULL: no memory, or the test seam says so. */
void *csan__block_memory(size_t bytes);

/* The account of a small block, the last 8 usable bytes:
 *   0 check 9 │ 9 ignored 1 │ 10 family 2 │ 12 epoch 16 │ 28 slack 12 │ 40 stack 24
 * What is written past the block's end spoils the low bytes first: the stack goes last. */
#define ACCOUNT_CHECK_BITS 9
#define ACCOUNT_IGNORED_AT 9
#define ACCOUNT_FAMILY_AT 10
#define ACCOUNT_FAMILY ((uint64_t)3 << ACCOUNT_FAMILY_AT)
#define ACCOUNT_IN_TABLE 3u /* as family: the facts are in the table of large blocks */
#define ACCOUNT_EPOCH_AT 12
#define ACCOUNT_SLACK_AT 28
#define ACCOUNT_SLACK_END 4096u
#define ACCOUNT_STACK_AT 40
#define ACCOUNT_STACK_BITS 24
_Static_assert(BLOCK_FAMILIES <= ACCOUNT_IN_TABLE, "a family fits 2 bits");

typedef uint64_t __attribute__((may_alias)) account_word;

static CSAN_ALWAYS_INLINE account_word *csan__account_of(uintptr_t start, size_t usable)
{
    return (account_word *)(start + usable - BLOCK_TAIL);
}

static CSAN_ALWAYS_INLINE uint64_t csan__account_fields(const struct block *b, uint32_t epoch,
                                                        size_t slack)
{
    return (uint64_t)b->stack << ACCOUNT_STACK_AT | (uint64_t)slack << ACCOUNT_SLACK_AT |
           (uint64_t)epoch << ACCOUNT_EPOCH_AT | (uint64_t)b->family << ACCOUNT_FAMILY_AT |
           (uint64_t)b->ignored << ACCOUNT_IGNORED_AT;
}

/* Multiplicative hashing (Knuth, TAOCP 3, 6.4): every field and address bit reaches the top 9. */
static CSAN_ALWAYS_INLINE uint64_t csan__account_seal(uintptr_t start, uint64_t fields)
{
    uint64_t hash = (fields + start * 0xd1b54a32d192ed03u) * 0x9e3779b97f4a7c15u;
    return fields | hash >> (64 - ACCOUNT_CHECK_BITS);
}

static CSAN_ALWAYS_INLINE bool csan__account_is_whole(uintptr_t start, uint64_t word)
{
    return csan__account_seal(start, word >> ACCOUNT_CHECK_BITS << ACCOUNT_CHECK_BITS) == word;
}

static CSAN_ALWAYS_INLINE size_t csan__account_slack(uint64_t word)
{
    return (size_t)(word >> ACCOUNT_SLACK_AT) & (ACCOUNT_SLACK_END - 1);
}

/* The word holds the facts themselves: neither overwritten nor a sign that the table has them. */
static CSAN_ALWAYS_INLINE bool csan__account_tells(uintptr_t start, size_t usable, uint64_t word)
{
    return CSAN_LIKELY(csan__account_is_whole(start, word)) &&
           CSAN_LIKELY((word & ACCOUNT_FAMILY) != ACCOUNT_FAMILY) &&
           CSAN_LIKELY(csan__account_slack(word) <= usable - BLOCK_TAIL);
}

/* glibc: size | flags stand in front of the block; bit 1: a mapping of its own. */
static CSAN_ALWAYS_INLINE size_t csan__block_usable_by_header(size_t header)
{
    return (header & ~(size_t)7) - 8 - (header & 2) * 4;
}

/* ---- the common case, inlined into the hooks: small blocks with nothing wrong ---- */

static CSAN_ALWAYS_INLINE size_t csan__block_usable(uintptr_t start)
{
    if (CSAN_LIKELY(csan__block_chunk_headers))
        return csan__block_usable_by_header(((const size_t *)start)[-1]);
    return csan__block_real_usable((void *)start);
}

/* slack: of b; huge when asked does not fit. */
static CSAN_ALWAYS_INLINE bool csan__block_fits_word(const struct block *b, size_t slack)
{
    return CSAN_LIKELY(b->usable < BLOCK_LARGE) && CSAN_LIKELY(slack < ACCOUNT_SLACK_END) &&
           CSAN_LIKELY(b->stack >> ACCOUNT_STACK_BITS == 0) && CSAN_LIKELY(!(b->start & 15));
}

extern uint32_t csan__block_now; /* the epoch */
CSAN_NOINLINE void csan__block_add_slowly(const struct block *b, uint32_t epoch);

static CSAN_ALWAYS_INLINE void csan__block_add_here(const struct block *b)
{
    uint32_t epoch = __atomic_load_n(&csan__block_now, __ATOMIC_RELAXED);
    size_t slack = b->usable - BLOCK_TAIL - b->asked;
    struct block_leaf *leaf = csan__block_leaf(b->start);
    if (csan__block_fits_word(b, slack) && CSAN_LIKELY(leaf != NULL) &&
        CSAN_LIKELY(leaf->used[csan__block_word(b->start) / MAP_PAGE_WORDS])) {
        *csan__account_of(b->start, b->usable) =
            csan__account_seal(b->start, csan__account_fields(b, epoch, slack));
        csan__block_set_in(leaf, b->start);
        return;
    }
    struct block copy = *b; /* so that b itself needs no memory */
    csan__block_add_slowly(&copy, epoch);
}

/* Whose bit is cleared already; usable: malloc's own. True: small, whole, and of that family. */
static CSAN_ALWAYS_INLINE bool csan__block_is_as(uintptr_t start, size_t usable,
                                                 enum block_family as)
{
    if (CSAN_UNLIKELY(usable >= BLOCK_LARGE))
        return false;
    uint64_t word = *csan__account_of(start, usable);
    uint64_t fields = word & ~(ACCOUNT_FAMILY | ((1u << ACCOUNT_CHECK_BITS) - 1));
    return CSAN_LIKELY(csan__account_seal(start, fields | (uint64_t)as << ACCOUNT_FAMILY_AT) ==
                       word);
}

/* What csan__block_drop does where csan__block_is_as says no. */
CSAN_NOINLINE enum block_drop csan__block_drop_slowly(uintptr_t start, enum block_family as,
                                                      size_t usable, struct block *old);

#endif
