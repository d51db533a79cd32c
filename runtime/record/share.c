#include "record/share.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "base/text.h"
#include "record/block.h"
#include "record/colour.h"
#include "record/share_index.h"

#include <string.h>

#define OWNERS_KNOWN 16u
#define CHUNKS 65536u
#define ITEMS 512u          /* of a chunk */
#define AHEAD 12            /* items that are being fetched into the cache */
#define BORROWS 256u        /* of a chunk */
#define GONE_MAX (1u << 20) /* remembered at once */
#define WALK_MAX 256u       /* borrows looked at for this thread's newest */

uint32_t csan__share_any, csan__share_added;
struct share_lock csan__share_locks[SHARE_SHARDS] = {
    [0 ... SHARE_SHARDS - 1] = {.lock = LOCK_INIT(LOCK_BORROW)}};
uint8_t csan__share_pages[SHARE_PAGES];

/* Borrows of the items with one lock. */
struct shard {
    uint32_t unused; /* first of a list */
    uint32_t fresh, fresh_end;
} __attribute__((aligned(64)));

static struct {
    struct lock lock;
    struct share_item **items; /* chunks */
    struct share_borrow **borrows;
    uint32_t items_end; /* first id that was never given */
    uint32_t borrow_chunks;
    uint32_t unused;
    uint32_t gone, gone_hand; /* how many; where the next to be forgotten is looked for */
    struct share_owner *owners;
    struct share_owner *owners_known[OWNERS_KNOWN]; /* that calls named lately */
    struct share_hole *unused_holes;
    struct share_trace *unused_traces;
    struct shard shards[SHARE_SHARDS];
    uint64_t lost;
} the = {.lock = LOCK_INIT(LOCK_SHARE), .items_end = 1};

/* ---- owners */

static void copy_name(char *to, const char *from)
{
    struct text t = {.buf = to, .cap = SHARE_NAME_MAX};
    size_t n = 0;
    to[0] = '\0';
    while (from && n < SHARE_NAME_MAX && from[n])
        n++;
    if (n == 0)
        csan__text_str(&t, "unnamed");
    else if (n < SHARE_NAME_MAX)
        csan__text_mem(&t, from, n);
    else {
        csan__text_mem(&t, from, SHARE_NAME_MAX - 4);
        csan__text_str(&t, "…");
    }
    for (char *c = to; *c; c++)
        if ((unsigned char)*c < ' ' || *c == '"')
            *c = '?';
}

struct share_owner *csan__share_owner_add(const char *name, bool is_pool)
{
    struct share_owner *o = csan__arena_alloc(sizeof *o);
    if (!o)
        return NULL;
    copy_name(o->name, name);
    o->is_pool = is_pool;
    o->next = __atomic_load_n(&the.owners, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&the.owners, &o->next, o, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
    return o;
}

struct share_owner *csan__share_owner_named(const char *name)
{
    char known[SHARE_NAME_MAX];
    struct share_owner *o = csan__share_owners(), *oldest = NULL;
    copy_name(known, name);
    for (; o; o = o->next)
        if (!o->is_pool && csan__text_equal(o->name, known))
            oldest = o;
    return oldest ? oldest : csan__share_owner_add(name, false);
}

struct share_owner *csan__share_owner_of(void *p, bool is_pool)
{
    struct share_owner **known = &the.owners_known[((uintptr_t)p >> 6) % OWNERS_KNOWN];
    struct share_owner *o = p ? __atomic_load_n(known, __ATOMIC_ACQUIRE) : NULL;
    if (p && o != p) {
        for (o = csan__share_owners(); o && o != p; o = o->next)
            ;
        if (o)
            __atomic_store_n(known, o, __ATOMIC_RELEASE);
    }
    return o && o->is_pool == is_pool ? o : NULL;
}

struct share_owner *csan__share_owners(void)
{
    return __atomic_load_n(&the.owners, __ATOMIC_ACQUIRE);
}

/* A pool's buffers come and go in too many ways to be counted as they do. */
static void count_pools(void)
{
    bool any = false;
    for (struct share_owner *o = csan__share_owners(); o; o = o->next)
        if (o->is_pool) {
            o->bytes = o->entries = 0;
            any = true;
        }
    for (uint32_t id = 1; any && id < csan__share_end(); id++) {
        const struct share_item *i = csan__share_item(id);
        if (i && i->state & SHARE_OF_POOL && i->heap && i->owner) {
            i->owner->bytes += i->bytes;
            i->owner->entries++;
        }
    }
}

void csan__share_round(void)
{
    count_pools();
    for (struct share_owner *o = csan__share_owners(); o; o = o->next)
        o->levels[o->rounds++ % SHARE_ROUNDS] =
            (struct share_level){o->bytes, o->entries, csan__block_epoch()};
}

/* ---- locks */

static CSAN_ALWAYS_INLINE bool take(struct lock *l)
{
    if (!csan__block_threaded)
        return false;
    csan__lock_take(l);
    return true;
}

static CSAN_ALWAYS_INLINE void give(struct lock *l, bool locked)
{
    if (locked)
        csan__lock_give(l);
}

bool csan__share_lock(void)
{
    return take(&the.lock);
}

void csan__share_unlock(bool locked)
{
    give(&the.lock, locked);
}

static CSAN_ALWAYS_INLINE struct shard *shard_of(const struct share_item *i)
{
    return &the.shards[i->id % SHARE_SHARDS];
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

/* Directories of chunks, mapped on first use. */
static bool has_directories(void)
{
    if (!the.items)
        the.items = csan__os_map(CHUNKS * sizeof *the.items);
    if (!the.borrows)
        the.borrows = csan__os_map(CHUNKS * sizeof *the.borrows);
    return the.items && the.borrows;
}

static struct share_item *new_item(void)
{
    uint32_t id = the.unused;
    if (id) {
        the.unused = item_at(id)->next;
        return item_at(id);
    }
    id = the.items_end;
    if (!has_directories() || id / ITEMS >= CHUNKS)
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

/* As a new one, but for its id. */
static void clear(struct share_item *i)
{
    for (struct share_hole *h; (h = i->holes) != NULL; the.unused_holes = h) {
        i->holes = h->next;
        h->next = the.unused_holes;
    }
    for (struct share_trace *t; (t = i->traces) != NULL; the.unused_traces = t) {
        i->traces = t->next;
        t->next = the.unused_traces;
    }
    *i = (struct share_item){.id = i->id};
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

static CSAN_COLD void count_lost(void)
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
    count_lost();
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
    struct share_item *i = has_directories() ? new_item() : NULL;
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

/* ---- borrows */

static CSAN_ALWAYS_INLINE struct share_borrow *borrow_at(uint32_t id)
{
    return &the.borrows[id / BORROWS][id % BORROWS];
}

struct share_borrow *csan__share_borrow(const struct share_item *i, uint32_t id)
{
    (void)i;
    return id ? borrow_at(id) : NULL;
}

static CSAN_COLD uint32_t more_borrows(struct shard *s)
{
    uint32_t chunk = __atomic_fetch_add(&the.borrow_chunks, 1, __ATOMIC_RELAXED);
    struct share_borrow *b = chunk < CHUNKS ? csan__arena_alloc(BORROWS * sizeof *b) : NULL;
    if (!b)
        return 0;
    the.borrows[chunk] = b;
    s->fresh = chunk * BORROWS + (chunk == 0); /* no id 0 */
    s->fresh_end = (chunk + 1) * BORROWS;
    return s->fresh++;
}

static CSAN_ALWAYS_INLINE uint32_t new_borrow(struct shard *s)
{
    uint32_t id = s->unused;
    if (CSAN_LIKELY(id != 0)) {
        s->unused = borrow_at(id)->next;
        return id;
    }
    return s->fresh < s->fresh_end ? s->fresh++ : more_borrows(s);
}

bool csan__share_push(struct share_item *i, uint32_t stack, int tid, uint32_t epoch)
{
    struct share_borrow *top = i->borrows ? borrow_at(i->borrows) : NULL;
    if (top && top->stack == stack && top->tid == tid && top->epoch == epoch &&
        top->count != UINT32_MAX) {
        top->count++;
    } else {
        uint32_t id = new_borrow(shard_of(i));
        if (CSAN_UNLIKELY(!id)) {
            count_lost();
            return false;
        }
        *borrow_at(id) = (struct share_borrow){i->borrows, stack, tid, 1, epoch};
        i->borrows = id;
    }
    i->holders |= (uint64_t)1 << ((unsigned)tid % 64);
    i->live++;
    return true;
}

/* The link that leads to the newest of this thread; NULL: none, or too far down. */
static uint32_t *newest_of(struct share_item *i, int tid)
{
    if (!(i->holders >> ((unsigned)tid % 64) & 1))
        return NULL;
    uint32_t *link = &i->borrows;
    for (uint32_t n = 0; *link && n < WALK_MAX; n++, link = &borrow_at(*link)->next)
        if (borrow_at(*link)->tid == tid)
            return link;
    return NULL;
}

static CSAN_ALWAYS_INLINE void pop(struct share_item *i, uint32_t *link, struct share_borrow *out)
{
    uint32_t id = *link;
    struct share_borrow *b = borrow_at(id);
    *out = *b;
    i->live--;
    if (--b->count == 0) {
        struct shard *s = shard_of(i);
        *link = b->next;
        b->next = s->unused;
        s->unused = id;
    }
    if (!i->borrows)
        i->holders = 0;
}

bool csan__share_pop(struct share_item *i, int tid, struct share_borrow *out)
{
    if (!i->borrows)
        return false;
    uint32_t *link = newest_of(i, tid);
    pop(i, link ? link : &i->borrows, out);
    return true;
}

bool csan__share_pop_of(struct share_item *i, int tid, uint32_t stack, struct share_borrow *out)
{
    uint32_t *link = &i->borrows;
    for (; *link; link = &borrow_at(*link)->next)
        if (borrow_at(*link)->tid == tid && borrow_at(*link)->stack == stack) {
            pop(i, link, out);
            return true;
        }
    return csan__share_pop(i, tid, out);
}

void csan__share_pop_all(struct share_item *i)
{
    struct shard *s = shard_of(i);
    while (i->borrows) {
        uint32_t id = i->borrows;
        i->borrows = borrow_at(id)->next;
        borrow_at(id)->next = s->unused;
        s->unused = id;
    }
    i->live = 0;
    i->holders = 0;
}

/* ---- holes and traces */

static void *used_again(void *list, size_t bytes)
{
    void **first = list, *one = *first;
    if (!one)
        return csan__arena_alloc(bytes);
    memcpy(first, one, sizeof *first); /* its `next` is its first field */
    return one;
}

bool csan__share_add_hole(struct share_item *i, size_t at, size_t bytes)
{
    struct share_hole **link = &i->holes;
    for (; *link && (*link)->at <= at; link = &(*link)->next)
        if (at + bytes <= (*link)->at + (*link)->bytes)
            return true; /* said before */
    struct share_hole *h = used_again(&the.unused_holes, sizeof *h);
    if (!h)
        return false;
    *h = (struct share_hole){*link, at, bytes};
    *link = h;
    return true;
}

void csan__share_add_trace(struct share_item *i, uint32_t stack, int tid, const char *hint)
{
    struct share_trace **link = &i->traces, *t;
    for (uint32_t n = 1; *link && n < SHARE_TRACES; n++)
        link = &(*link)->next;
    t = *link;
    if (t)
        *link = NULL; /* the oldest is used again */
    else if (!(t = used_again(&the.unused_traces, sizeof *t)))
        return;
    struct text text = TEXT(t->hint);
    size_t length = 0;
    while (hint && length < sizeof t->hint && hint[length])
        length++;
    csan__text_mem(&text, hint ? hint : "", length);
    t->stack = stack;
    t->tid = tid;
    t->next = i->traces;
    i->traces = t;
}

/* ---- strangers: shares of what was never published */

#define STRANGERS 4096u

static struct {
    struct lock lock;
    struct stranger {
        uintptr_t addr;
        uint32_t count;
    } at[STRANGERS];
    bool lossy; /* one had to be forgotten */
} strangers = {.lock = LOCK_INIT(LOCK_BORROW)};

static struct stranger *stranger_of(uintptr_t addr)
{
    return &strangers.at[(addr * 0x9e3779b97f4a7c15u) >> 52];
}

void csan__share_stranger(uintptr_t addr)
{
    bool locked = take(&strangers.lock);
    struct stranger *s = stranger_of(addr);
    if (s->count && s->addr != addr)
        strangers.lossy = true;
    else
        *s = (struct stranger){addr, s->count + 1};
    give(&strangers.lock, locked);
}

bool csan__share_stranger_released(uintptr_t addr)
{
    bool locked = take(&strangers.lock);
    struct stranger *s = stranger_of(addr);
    bool known = s->count && s->addr == addr;
    s->count -= known;
    known |= strangers.lossy;
    give(&strangers.lock, locked);
    return known;
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
