#include "record/share.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "record/block.h"
#include "record/colour.h"
#include "record/share_index.h"

#include <string.h>

#define CHUNKS 65536u
#define ITEMS 512u          /* of a chunk */
#define AHEAD 12            /* items that are being fetched into the cache */
#define GONE_MAX (1u << 20) /* remembered at once */

uint32_t csan__share_any, csan__share_added;
struct share_lock csan__share_locks[SHARE_SHARDS] = {
    [0 ... SHARE_SHARDS - 1] = {.lock = LOCK_INIT(LOCK_BORROW)}};
uint8_t csan__share_pages[SHARE_PAGES];

static struct {
    struct lock lock;
    struct share_item **items; /* chunks */
    uint32_t items_end;        /* first id that was never given */
    uint32_t unused;
    uint32_t gone, gone_hand; /* how many; where the next to be forgotten is looked for */
    uint64_t lost;
} the = {.lock = LOCK_INIT(LOCK_SHARE), .items_end = 1};

/* ---- locks */

bool csan__share_lock(void)
{
    if (!csan__block_threaded)
        return false;
    csan__lock_take(&the.lock);
    return true;
}

void csan__share_unlock(bool locked)
{
    if (locked)
        csan__lock_give(&the.lock);
}

/* ---- items */

static CSAN_ALWAYS_INLINE struct share_item *item_at(uint32_t id)
{
    return &__atomic_load_n(&the.items[id / ITEMS], __ATOMIC_ACQUIRE)[id % ITEMS];
}

static bool is_wanted(uint32_t id, uintptr_t addr, unsigned states)
{
    return csan__share_holds(item_at(id), addr, states);
}

/* Most that are asked for are the only ones in their block, and begin where it does. */
static CSAN_ALWAYS_INLINE struct share_item *only_in(uintptr_t home, unsigned states)
{
    uint32_t id = csan__share_index_home(home);
    struct share_item *i = id ? item_at(id) : NULL;
    bool only = i && !i->home_next && i->lo == home && csan__share_holds(i, home, states);
    return only ? i : NULL;
}

struct share_item *csan__share_find(uintptr_t addr, unsigned states)
{
    unsigned there = states & ~(unsigned)SHARE_GONE;
    struct share_item *i = there ? only_in(addr, there) : NULL;
    if (i)
        return i;
    uint32_t id = csan__share_index_find(addr, is_wanted, states);
    return id ? item_at(id) : NULL;
}

struct share_item *csan__share_look_up(struct share_known *k, uintptr_t addr)
{
    uint32_t added = __atomic_load_n(&csan__share_added, __ATOMIC_ACQUIRE);
    struct share_item *i = csan__share_find(addr, SHARE_OF_CACHE);
    if (i)
        *k = (struct share_known){addr, i, added};
    return i;
}

static bool is_wanted_at(uint32_t id, uintptr_t addr, unsigned states)
{
    return item_at(id)->lo == addr && csan__share_holds(item_at(id), addr, states);
}

/* A live block in which there is no item: none begins there but one that is gone. */
static bool is_fresh_block(uintptr_t lo, unsigned states)
{
    return !(states & SHARE_GONE) && !csan__share_may_hold(lo) && !csan__colour_holds(lo) &&
           csan__block_is_live(lo);
}

struct share_item *csan__share_at(uintptr_t lo, unsigned states)
{
    struct share_item *i = only_in(lo, states);
    if (i || is_fresh_block(lo, states))
        return i;
    uint32_t id = csan__share_index_find(lo, is_wanted_at, states);
    return id ? item_at(id) : NULL;
}

uint32_t csan__share_end(void)
{
    return __atomic_load_n(&the.items_end, __ATOMIC_ACQUIRE);
}

struct share_item *csan__share_item(uint32_t id)
{
    struct share_item *i = id && id < csan__share_end() ? item_at(id) : NULL;
    if (i)
        __builtin_prefetch(i + AHEAD); /* a verdict goes through all of them */
    return i && i->state != SHARE_UNUSED ? i : NULL;
}

/* The directory of chunks, mapped on first use. */
static bool has_directory(void)
{
    if (!the.items)
        the.items = csan__os_map(CHUNKS * sizeof *the.items);
    return the.items != NULL;
}

static struct share_item *new_item(void)
{
    uint32_t id = the.unused;
    if (id) {
        the.unused = item_at(id)->next;
        return item_at(id);
    }
    id = the.items_end;
    if (id / ITEMS >= CHUNKS)
        return NULL;
    if (!the.items[id / ITEMS]) {
        void *room = csan__arena_alloc((ITEMS + 1) * sizeof(struct share_item));
        struct share_item *chunk =
            (void *)csan__base_round_up((uintptr_t)room, _Alignof(struct share_item));
        if (!room)
            return NULL;
        for (uint32_t n = 0; n < ITEMS; n++)
            chunk[n].id = id / ITEMS * ITEMS + n;
        __atomic_store_n(&the.items[id / ITEMS], chunk, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&the.items_end, id + 1, __ATOMIC_RELEASE);
    return item_at(id);
}

/* As a new one, but for its id, which others read to find its lock, and the borrow it keeps. */
static void clear(struct share_item *i)
{
    csan__share_drop_said(i);
    const size_t after = offsetof(struct share_item, borrows);
    uint32_t kept = i->kept;
    memset(i, 0, offsetof(struct share_item, id));
    memset(&i->borrows, 0, sizeof *i - after);
    i->kept = kept;
}

static void old_item(struct share_item *i)
{
    clear(i);
    i->next = the.unused;
    the.unused = i->id;
}

/* A block has its first item, or has lost its last one. Registry locked. */
static void count_page(uintptr_t home, int change)
{
    uint8_t *page = csan__share_page(home), n = *page;
    if (n < UINT8_MAX)
        __atomic_store_n(page, (uint8_t)(n + change), __ATOMIC_RELAXED);
}

/* Into the list of those in the same block. */
static bool move_in(struct share_item *i, uintptr_t home)
{
    i->home = i->home_next = i->home_prev = 0;
    if (!home)
        return true;
    uint32_t first = csan__share_index_home(home);
    if (csan__share_index_set_home(home, i->id) != 0)
        return false;
    i->home = home;
    i->home_next = first;
    if (first)
        item_at(first)->home_prev = i->id;
    if (!first)
        count_page(home, 1);
    return true;
}

static void move_out(struct share_item *i)
{
    if (!i->home)
        return;
    if (i->home_next)
        item_at(i->home_next)->home_prev = i->home_prev;
    if (i->home_prev)
        item_at(i->home_prev)->home_next = i->home_next;
    else
        csan__share_index_set_home(i->home, i->home_next);
    if (!i->home_next && !i->home_prev)
        count_page(i->home, -1);
    i->home = i->home_next = i->home_prev = 0;
}

/* Room for one more: the next one that the hand comes to is forgotten. */
static void bound_gone(void)
{
    while (the.gone >= GONE_MAX) {
        the.gone_hand = the.gone_hand + 1 < the.items_end ? the.gone_hand + 1 : 1;
        struct share_item *i = item_at(the.gone_hand);
        if (i->state == SHARE_GONE)
            csan__share_remove(i);
    }
}

static void set_range(struct share_item *i, uintptr_t lo, size_t bytes)
{
    i->lo = lo;
    i->bytes = bytes;
    csan__share_count_added();
}

CSAN_COLD void csan__share_count_lost(void)
{
    __atomic_fetch_add(&the.lost, 1, __ATOMIC_RELAXED);
}

uint64_t csan__share_lost(void)
{
    return __atomic_load_n(&the.lost, __ATOMIC_RELAXED);
}

/* No memory for one that is in no index, or for none at all. */
static CSAN_COLD struct share_item *lose(struct share_item *i)
{
    if (i)
        old_item(i);
    csan__share_count_lost();
    return NULL;
}

static CSAN_COLD struct share_item *lose_indexed(struct share_item *i)
{
    csan__share_index_remove(i->lo, i->bytes, i->id);
    return lose(i);
}

struct share_item *csan__share_add(uintptr_t lo, size_t bytes, uintptr_t home)
{
    bound_gone();
    struct share_item *i = has_directory() ? new_item() : NULL;
    if (!i || csan__share_index_add(lo, bytes, i->id) != 0)
        return lose(i);
    set_range(i, lo, bytes);
    if (!move_in(i, home))
        return lose_indexed(i);
    __atomic_store_n(&csan__share_any, 1, __ATOMIC_RELAXED);
    return i;
}

void csan__share_remove(struct share_item *i)
{
    bool locked = csan__share_hold_any(i);
    csan__share_pop_all(i);
    csan__share_index_remove(i->lo, i->bytes, i->id);
    move_out(i);
    the.gone -= i->state == SHARE_GONE;
    old_item(i);
    csan__share_let_go(i, locked);
}

struct share_item *csan__share_renew(struct share_item *i, uintptr_t home)
{
    bool locked = csan__share_hold_any(i);
    uintptr_t lo = i->lo;
    size_t bytes = i->bytes;
    csan__share_pop_all(i);
    the.gone--;
    clear(i);
    set_range(i, lo, bytes);
    struct share_item *kept = move_in(i, home) ? i : lose_indexed(i);
    csan__share_let_go(i, locked);
    return kept;
}

bool csan__share_move(struct share_item *i, uintptr_t lo, size_t bytes, uintptr_t home)
{
    csan__share_index_remove(i->lo, i->bytes, i->id);
    move_out(i);
    if (csan__share_index_add(lo, bytes, i->id) == 0) {
        set_range(i, lo, bytes);
        if (move_in(i, home))
            return true;
        csan__share_index_remove(lo, bytes, i->id);
    }
    csan__share_pop_all(i);
    lose(i);
    return false;
}

void csan__share_gone(struct share_item *i)
{
    move_out(i);
    i->state = SHARE_GONE;
    the.gone++;
}

struct share_item *csan__share_first_in(uintptr_t home)
{
    uint32_t id = csan__share_index_home(home);
    return id ? item_at(id) : NULL;
}

bool csan__share_is_kept(uintptr_t home)
{
    struct share_item *i = csan__share_may_hold(home) ? csan__share_first_in(home) : NULL;
    for (; i; i = csan__share_next_in(i))
        if (i->state & (SHARE_CACHED | SHARE_OF_POOL) && i->owner)
            return true;
    return false;
}

struct share_item *csan__share_next_in(const struct share_item *i)
{
    return i->home_next ? item_at(i->home_next) : NULL;
}

/* ---- is it whole */

static bool is_whole(struct share_item *i)
{
    uint64_t live = 0;
    for (struct share_borrow *b = csan__share_borrow(i, i->borrows); b;
         b = csan__share_borrow(i, b->next)) {
        live += b->count;
        if (b->count == 0 || !(i->holders >> ((unsigned)b->tid % 64) & 1))
            return false;
    }
    for (struct share_hole *h = i->holes; h && h->next; h = h->next)
        if (h->at > h->next->at)
            return false;
    if (i->home && !csan__share_may_hold(i->home))
        return false;
    if (i->home && i->home_prev && item_at(i->home_prev)->home_next != i->id)
        return false;
    return live == i->live && csan__share_find(i->lo, i->state);
}

bool csan__share_is_valid(void)
{
    uint32_t gone = 0;
    for (uint32_t id = 1; id < the.items_end; id++) {
        struct share_item *i = csan__share_item(id);
        if (i && !is_whole(i))
            return false;
        gone += i && i->state == SHARE_GONE;
    }
    return gone == the.gone && csan__share_index_is_valid();
}
