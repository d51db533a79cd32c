/* What the program has lent out: published buffers, the shares of them, and pools' buffers.
 *
 *   address ──▶ share_index ──▶ item ──▶ borrow ──▶ borrow ──▶ …     newest first
 *                                │ owner ──▶ the cache or pool it is of
 *                                └ range, state, checksum, stacks
 *
 * An item is one buffer of one owner. Its life:
 *
 *   cache:  CACHED ──evict──▶ EVICTED ──last release──▶ ENDED ──free──▶ GONE
 *   pool:   LENT ──give_back──▶ SPARE ──lend──▶ LENT …   SPARE ──free──▶ GONE
 *
 * Items and borrows are never unmapped; an item is used again for another buffer. What is ENDED,
 * SPARE or GONE is kept because pointers to it may be. csan__share_find takes no lock; what it
 * finds may be another buffer by the time that it is locked: csan__share_hold looks again.
 *
 * Locks: registry (LOCK_SHARE: which items there are) before one item's (LOCK_BORROW: its borrows,
 * checksum, state). Both are left out while the process has one thread. During a verdict nobody
 * else runs, and none is needed. No policy here: detect/share_* judge. Needs base, block. */
#ifndef CSAN_RECORD_SHARE_H
#define CSAN_RECORD_SHARE_H

#include "base/lock.h"
#include "record/block.h"
#include "record/share_borrow.h"
#include "record/share_item.h"
#include "record/share_owner.h"
#include "record/share_said.h"
#include "record/share_stranger.h"
#include "record/thread.h"

#include <stddef.h>

/* Is the block at home in a cache or a pool that has a name? World stopped. */
bool csan__share_is_kept(uintptr_t home);

/* Anything at all was ever published or lent. */
extern uint32_t csan__share_any;

/* The smallest item in one of these states that holds addr; NULL: none. Any thread, no lock. */
CSAN_HOT struct share_item *csan__share_find(uintptr_t addr, unsigned states);
/* The same for SHARE_OF_CACHE, with what this thread asked for lately: `known` is its own, of
 * SHARE_KNOWN. What is remembered holds until an item is added, which may be a smaller one there.
 */
extern uint32_t csan__share_added; /* how many were */
static CSAN_ALWAYS_INLINE void csan__share_count_added(void)
{
    __atomic_fetch_add(&csan__share_added, 1, __ATOMIC_RELEASE);
}
CSAN_HOT struct share_item *csan__share_look_up(struct share_known *known, uintptr_t addr);
static CSAN_ALWAYS_INLINE struct share_item *csan__share_recall(struct share_known *known,
                                                                uintptr_t addr)
{
    struct share_known *k = &known[(addr >> 4) % SHARE_KNOWN];
    if (CSAN_LIKELY(k->addr == addr && k->item &&
                    k->added == __atomic_load_n(&csan__share_added, __ATOMIC_ACQUIRE) &&
                    csan__share_holds(k->item, addr, SHARE_OF_CACHE)))
        return k->item;
    return csan__share_look_up(k, addr);
}
/* The item that begins at lo, in one of these states. */
struct share_item *csan__share_at(uintptr_t lo, unsigned states);

/* The registry, for who adds, moves or takes out. Returns what unlock is to be given. */
bool csan__share_lock(void);
void csan__share_unlock(bool locked);

struct share_lock {
    struct lock lock;
} __attribute__((aligned(64)));
extern struct share_lock csan__share_locks[SHARE_SHARDS];

/* Under the registry's lock. */
static CSAN_ALWAYS_INLINE bool csan__share_hold_any(struct share_item *i)
{
    if (!csan__block_threaded)
        return false;
    csan__lock_take_brief(&csan__share_locks[i->id % SHARE_SHARDS].lock);
    return true;
}

static CSAN_ALWAYS_INLINE void csan__share_let_go(struct share_item *i, bool locked)
{
    if (locked)
        csan__lock_give_brief(&csan__share_locks[i->id % SHARE_SHARDS].lock);
}

/* Holds the item, when it is still in one of these states and holds addr; *locked for let_go. */
static CSAN_ALWAYS_INLINE bool csan__share_hold(struct share_item *i, uintptr_t addr,
                                                unsigned states, bool *locked)
{
    *locked = csan__share_hold_any(i);
    if (CSAN_LIKELY(csan__share_holds(i, addr, states)))
        return true;
    csan__share_let_go(i, *locked);
    return false;
}

/* Under the registry's lock: a new item for [lo, lo + bytes), SHARE_UNUSED's fields but these zero.
 * home: 0, or the block around it. No item that is GONE may be at its ends. NULL: no memory. */
struct share_item *csan__share_add(uintptr_t lo, size_t bytes, uintptr_t home);
void csan__share_remove(struct share_item *i);
/* Buffers and shares that there was no memory to know of; one more. */
uint64_t csan__share_lost(void);
void csan__share_count_lost(void);
/* The same for one that is GONE, whose range is a new one's. */
struct share_item *csan__share_renew(struct share_item *i, uintptr_t home);
/* The range or the block has changed: realloc, another length. False: no memory; it is removed. */
bool csan__share_move(struct share_item *i, uintptr_t lo, size_t bytes, uintptr_t home);
/* Its memory was freed: no longer in a block, kept for who still points there. */
void csan__share_gone(struct share_item *i);
/* The first item in the block at home, the one after i; NULL: none. */
struct share_item *csan__share_first_in(uintptr_t home);
struct share_item *csan__share_next_in(const struct share_item *i);
/* All of them, by number, from 1 to before csan__share_end(); NULL: unused. */
uint32_t csan__share_end(void);
struct share_item *csan__share_item(uint32_t id);

/* --- where items are: how many blocks with some begin in these 256 B, or in others with the same
 * counter; one that has come to its end stays there. */
#define SHARE_PAGES (1u << 18)
extern uint8_t csan__share_pages[SHARE_PAGES];

static CSAN_ALWAYS_INLINE uint8_t *csan__share_page(uintptr_t home)
{
    uint64_t line = ((home >> 14) * 0x9e3779b97f4a7c15u) >> 52;
    return &csan__share_pages[line << 6 | (home >> 8 & 63)];
}

/* May an item lie in the block at home? What free asks. */
static CSAN_ALWAYS_INLINE bool csan__share_may_hold(uintptr_t home)
{
    if (CSAN_LIKELY(!csan__share_any))
        return false;
    return CSAN_UNLIKELY(__atomic_load_n(csan__share_page(home), __ATOMIC_RELAXED));
}

bool csan__share_is_valid(void);

#endif
