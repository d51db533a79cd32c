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
#include "record/thread.h"

#include <stddef.h>

enum share_state {
    SHARE_UNUSED = 0,
    SHARE_CACHED = 1,
    SHARE_EVICTED = 2, /* no longer cached, some share is out */
    SHARE_ENDED = 4,   /* evicted and released by all */
    SHARE_LENT = 8,
    SHARE_SPARE = 16,
    SHARE_GONE = 32,     /* ended or spare, and then freed: the address may be another's by now */
    SHARE_EXPECTED = 64, /* no buffer: where a pointer is meant to stay (csan_expected_ref) */
};
#define SHARE_OF_CACHE (SHARE_CACHED | SHARE_EVICTED)
#define SHARE_OF_POOL (SHARE_LENT | SHARE_SPARE)

/* What a cache held, or a pool had, when a round ended. */
#define SHARE_ROUNDS 12u /* the last ones, which are kept */
struct share_level {
    uint64_t bytes, entries;
    uint32_t epoch;
};

/* A cache or a pool, for good. */
#define SHARE_NAME_MAX 64u
struct share_owner {
    bool is_pool;
    bool is_over; /* the limits, since `over_stack` */
    unsigned flags;
    size_t bytes_max, entries_max; /* 0: no limit; of a pool: bytes_max is the capacity's */
    size_t bytes, entries;         /* cached now; of a pool: when the last round ended */
    size_t one_size;               /* of a pool's first buffer */
    uint32_t over_stack;
    uint32_t given;        /* give_backs so far */
    uint32_t filled_stack; /* of the last publish; of a pool: when a buffer came, or had grown */
    uint32_t rounds;       /* that have ended; the last of them are in levels[n % SHARE_ROUNDS] */
    uint32_t told_epoch;   /* when its growth was told of; 0: it was not */
    struct share_level levels[SHARE_ROUNDS];
    struct share_owner *next;
    char name[SHARE_NAME_MAX];
};

/* Bytes that may change at any time, from lo of the item on. */
struct share_hole {
    struct share_hole *next;
    size_t at, bytes;
};

/* csan_touch's. */
struct share_trace {
    struct share_trace *next; /* older */
    uint32_t stack;
    int tid;
    char hint[48];
};
#define SHARE_TRACES 4u /* kept of an item */

/* What a verdict asks of each of a million comes first, in one cache line; with the second, all
 * that a share and its release touch. */
struct share_item {
    uintptr_t lo;
    size_t bytes; /* published, or a pool's capacity */
    size_t room;  /* bytes of the block from lo on: >= bytes; what lies behind is checked as well */
    struct share_owner *owner; /* NULL: a cache nobody named */
    uint32_t id;
    uint32_t borrows;      /* newest; 0: none */
    uint32_t live;         /* how many shares are out */
    uint32_t epoch;        /* of its last change of state */
    uint32_t began_stack;  /* published, or lent */
    uint32_t ended_stack;  /* evicted, or given back */
    uint32_t shared_stack; /* of the newest share ever; of a pool: of the loan before */
    uint16_t windows;      /* csan_writable without csan_sealed */
    uint8_t state;         /* one of enum share_state */
    bool fixed : 1, heap : 1, armed : 1;
    bool told : 1;     /* its mutation, or its loan, has been recorded: not again until it is new */
    bool escaped : 1;  /* who points there has been told */
    bool lossy : 1;    /* a share could not be noted: what is not known is not reported */
    bool on_stack : 1; /* of a thread: what it holds there dies with the function */
    bool auto_end : 1; /* shares need no release: the end of the block is the end of them */
    /* ---- */
    uint64_t sum, tail_sum; /* meaningful while `armed` */
    uint64_t holders;       /* bit tid % 64 of each thread that may have a share */
    struct share_hole *holes;
    struct share_trace *traces;
    uintptr_t home;        /* start of the heap block that it lies in; 0: none */
    uintptr_t released_pc; /* of the last release */
    int released_tid, shared_tid;
    /* ---- */
    uint32_t home_next, home_prev; /* other items in the same block */
    uint32_t skip;                 /* periods to go without a checksum */
    uint32_t periods;              /* times that it went from nobody's to shared */
    uint32_t freed_stack;          /* of a GONE one that is still shared */
    uint32_t next;                 /* unused ones */
    uint16_t tables;               /* of uthash, that it is in; only where auto_end */
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct share_item) <= 192, "three lines a buffer");
_Static_assert(offsetof(struct share_item, sum) == 64, "the first line");
_Static_assert(offsetof(struct share_item, home_next) == 128, "the second line");

/* Shares of one item by one thread from one place, one after the other. */
struct share_borrow {
    uint32_t next;
    uint32_t stack;
    int tid;
    uint32_t count;
    uint32_t epoch; /* 0: reported */
};
_Static_assert(sizeof(struct share_borrow) <= 32, "at most 32 bytes a live share");

/* NULL: no memory. The name is copied, and cut. */
struct share_owner *csan__share_owner_add(const char *name, bool is_pool);
/* The one of that name that was added first, or a new one. */
struct share_owner *csan__share_owner_named(const char *name);
/* p, when it is one of those; NULL otherwise. */
struct share_owner *csan__share_owner_of(void *p, bool is_pool);
struct share_owner *csan__share_owners(void);
/* A round has ended: what each cache holds now, and what each pool has, on loan or spare, in blocks
 * of the heap. World stopped. */
void csan__share_round(void);
/* Is the block at home in a cache or a pool that has a name? World stopped. */
bool csan__share_is_kept(uintptr_t home);

/* Anything at all was ever published or lent. */
extern uint32_t csan__share_any;

static CSAN_ALWAYS_INLINE bool csan__share_holds(const struct share_item *i, uintptr_t addr,
                                                 unsigned states)
{
    return i->state & states && (addr - i->lo < i->bytes || addr == i->lo);
}

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

/* Items with id % SHARDS in common have one lock. */
#define SHARE_SHARDS 64u
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
/* Buffers and shares that there was no memory to know of. */
uint64_t csan__share_lost(void);
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

/* One more share, one less; the item is held. push: false: no memory. pop: the newest of this
 * thread, else of any; false: there was none. *out has who it was. */
CSAN_HOT bool csan__share_push(struct share_item *i, uint32_t stack, int tid, uint32_t epoch);
CSAN_HOT bool csan__share_pop(struct share_item *i, int tid, struct share_borrow *out);
/* That very share: of this thread, from that stack. */
bool csan__share_pop_of(struct share_item *i, int tid, uint32_t stack, struct share_borrow *out);
void csan__share_pop_all(struct share_item *i);
struct share_borrow *csan__share_borrow(const struct share_item *i, uint32_t id);

/* Under the registry's lock, and the item held. */
bool csan__share_add_hole(struct share_item *i, size_t at, size_t bytes);
void csan__share_add_trace(struct share_item *i, uint32_t stack, int tid, const char *hint);

/* Shares of what was never published: remembered, so that their release is none of a share. */
void csan__share_stranger(uintptr_t addr);
/* True: it was one of those, or it cannot be told. */
bool csan__share_stranger_released(uintptr_t addr);

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
