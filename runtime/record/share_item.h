/* One buffer of a cache or a pool, as csan knows it (record/share.h has the picture).
 *
 * All fields are the item's lock's (LOCK_BORROW) but lo, bytes, home and next, which are the
 * registry's (LOCK_SHARE). Used by all that knows of shares. */
#ifndef CSAN_RECORD_SHARE_ITEM_H
#define CSAN_RECORD_SHARE_ITEM_H

#include "base/base.h"
#include "record/share_owner.h"

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

struct share_hole;
struct share_trace;

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
    uint32_t kept; /* a borrow that is free, for the next share; 0: none */
    uint32_t spare;
    uintptr_t home;        /* start of the heap block that it lies in; 0: none */
    uintptr_t released_pc; /* of the last release */
    int released_tid, shared_tid;
    /* ---- */
    uint32_t home_next, home_prev; /* other items in the same block */
    struct share_trace *traces;
    uint32_t skip;        /* periods to go without a checksum */
    uint32_t periods;     /* times that it went from nobody's to shared */
    uint32_t freed_stack; /* of a GONE one that is still shared */
    uint32_t next;        /* unused ones */
    uint16_t tables;      /* of uthash, that it is in; only where auto_end */
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct share_item) <= 192, "three lines a buffer");
_Static_assert(offsetof(struct share_item, sum) == 64, "the first line");
_Static_assert(offsetof(struct share_item, home_next) == 128, "the second line");

/* Items with id % SHARDS in common have one lock, and one list of free borrows. */
#define SHARE_SHARDS 64u

static CSAN_ALWAYS_INLINE bool csan__share_holds(const struct share_item *i, uintptr_t addr,
                                                 unsigned states)
{
    return i->state & states && (CSAN_LIKELY(addr - i->lo < i->bytes) || addr == i->lo);
}

#endif
