/* The shares of one item: a list of borrows, newest first.
 *
 *   item ──▶ borrow ──▶ borrow ──▶ …       each `count` shares of one thread from one place
 *     └ kept: one that is free, for the next share
 *
 * Borrows are never unmapped; what no item keeps is used again by the items of the same shard. The
 * item is held by who calls. Needs base/arena, share_item. */
#ifndef CSAN_RECORD_SHARE_BORROW_H
#define CSAN_RECORD_SHARE_BORROW_H

#include "record/share_item.h"

/* Shares of one item by one thread from one place, one after the other. */
struct share_borrow {
    uint32_t next;
    uint32_t stack;
    int tid;
    uint32_t count;
    uint32_t epoch; /* 0: reported */
};
_Static_assert(sizeof(struct share_borrow) <= 32, "at most 32 bytes a live share");

#define SHARE_BORROWS 256u                        /* of a chunk */
extern struct share_borrow **csan__share_borrows; /* chunks */

static CSAN_ALWAYS_INLINE struct share_borrow *csan__share_borrow(const struct share_item *i,
                                                                  uint32_t id)
{
    (void)i;
    return id ? &csan__share_borrows[id / SHARE_BORROWS][id % SHARE_BORROWS] : NULL;
}

/* Of share_borrow.c, for what follows. A free one, and no longer needed. */
uint32_t csan__share_borrow_new(struct share_item *i); /* 0: no memory */
void csan__share_borrow_free(struct share_item *i, uint32_t id);
/* The link that leads to the newest of this thread; NULL: none, or too far down. */
uint32_t *csan__share_borrow_of(struct share_item *i, int tid);

/* One more share, one less. False: no memory. */
static CSAN_ALWAYS_INLINE bool csan__share_push(struct share_item *i, uint32_t stack, int tid,
                                                uint32_t epoch)
{
    struct share_borrow *top = csan__share_borrow(i, i->borrows);
    if (top && top->stack == stack && top->tid == tid && top->epoch == epoch &&
        top->count != UINT32_MAX) {
        top->count++;
    } else {
        uint32_t id = i->kept;
        i->kept = 0;
        if (CSAN_UNLIKELY(!id) && !(id = csan__share_borrow_new(i)))
            return false;
        *csan__share_borrow(i, id) = (struct share_borrow){i->borrows, stack, tid, 1, epoch};
        i->borrows = id;
    }
    i->holders |= (uint64_t)1 << ((unsigned)tid % 64);
    i->live++;
    return true;
}

/* The one that the link leads to; *out has who it was. */
static CSAN_ALWAYS_INLINE void csan__share_pop_at(struct share_item *i, uint32_t *link,
                                                  struct share_borrow *out)
{
    uint32_t id = *link;
    struct share_borrow *b = csan__share_borrow(i, id);
    *out = *b;
    i->live--;
    if (--b->count == 0) {
        *link = b->next;
        if (CSAN_UNLIKELY(i->kept))
            csan__share_borrow_free(i, id);
        else
            i->kept = id;
    }
    if (!i->borrows)
        i->holders = 0;
}

/* The newest of this thread, else of any; false: there was none. */
static CSAN_ALWAYS_INLINE bool csan__share_pop(struct share_item *i, int tid,
                                               struct share_borrow *out)
{
    if (!i->borrows)
        return false;
    uint32_t *link = &i->borrows;
    if (CSAN_UNLIKELY(csan__share_borrow(i, *link)->tid != tid)) {
        uint32_t *mine = csan__share_borrow_of(i, tid);
        link = mine ? mine : link;
    }
    csan__share_pop_at(i, link, out);
    return true;
}

/* That very share: of this thread, from that stack; else as pop does. */
bool csan__share_pop_of(struct share_item *i, int tid, uint32_t stack, struct share_borrow *out);
void csan__share_pop_all(struct share_item *i);

#endif
