/* Entries of uthash tables, as include/uthash_csan/uthash.h tells of them.
 *
 *   added ──▶ CACHED, in 1 table ──▶ deleted: in 0 ──▶ added again: a touch
 *                                          └──▶ freed, or a verdict comes: evicted
 *
 * A look-up lends the entry until then; nobody releases, so each borrower is noted once. */
#include "base/os.h"
#include "detect/share.h"
#include "detect/share_private.h"
#include "record/block.h"
#include "record/share_sum.h"
#include "record/thread.h"

#define BORROWERS 8u       /* noted of an entry */
#define NEXT_IN_HANDLE 16u /* UT_hash_handle: tbl, prev, next */

static struct share_item *entry_at(const void *entry, bool *locked)
{
    uintptr_t addr = (uintptr_t)entry;
    struct share_item *i = entry ? csan__share_at(addr, SHARE_CACHED) : NULL;
    if (!i || !csan__share_hold(i, addr, SHARE_CACHED, locked))
        return NULL;
    if (i->auto_end)
        return i;
    csan__share_let_go(i, *locked);
    return NULL;
}

/* Into one table more. The item is held, the registry locked. */
static void enter_table(struct share_item *i, const void *handle, size_t bytes)
{
    size_t at = (uintptr_t)handle - i->lo;
    bool was_armed = i->armed;
    i->auto_end = true;
    i->tables++;
    if (handle && at < i->bytes)
        csan__share_add_hole(i, at, bytes);
    if (was_armed)
        csan__share_arm(i);
}

void csan__uthash_added(struct share_call *c, const char *table, const void *entry, size_t n,
                        const void *handle, size_t bytes)
{
    struct extent e = csan__extent_of((uintptr_t)entry, n);
    bool registry = csan__share_lock(), locked;
    struct share_item *i = entry_at(entry, &locked);
    if (!i && entry && (n || e.home) && !csan__share_at(e.lo, SHARE_OF_CACHE)) {
        csan__share_publish(c, csan__share_owner_named(table), &e, true);
        if ((i = csan__share_at(e.lo, SHARE_CACHED)) != NULL)
            locked = csan__share_hold_any(i);
    }
    if (i) {
        enter_table(i, handle, bytes);
        csan__share_let_go(i, locked);
    }
    csan__share_unlock(registry);
}

static bool is_noted(const struct share_item *i, uint32_t stack, int tid)
{
    uint32_t n = 0;
    for (const struct share_borrow *b = csan__share_borrow(i, i->borrows); b;
         b = csan__share_borrow(i, b->next), n++)
        if (b->stack == stack && b->tid == tid)
            return true;
    return n >= BORROWERS;
}

void csan__uthash_found(struct share_call *c, const void *entry)
{
    bool locked;
    uint32_t stack = csan__share_stack(c);
    struct share_item *i = entry_at(entry, &locked);
    if (!i)
        return;
    if (!i->live)
        csan__share_begin_period(i);
    i->shared_stack = stack;
    i->shared_tid = c->self->tid;
    if (!is_noted(i, stack, c->self->tid))
        csan__share_push(i, stack, c->self->tid, csan__block_epoch());
    csan__share_let_go(i, locked);
}

static void leave_table(struct share_call *c, struct share_item *i)
{
    csan__share_verify_at(c, i, "found when it was deleted");
    i->ended_stack = csan__share_stack(c);
    if (i->tables)
        i->tables--;
}

void csan__uthash_deleted(struct share_call *c, const void *entry)
{
    bool locked;
    struct share_item *i = entry_at(entry, &locked);
    if (!i)
        return;
    leave_table(c, i);
    csan__share_let_go(i, locked);
}

/* The program may have freed entries before: what is no entry any more ends the walk. */
void csan__uthash_cleared(struct share_call *c, const void *first, size_t handle)
{
    uintptr_t at = (uintptr_t)first, next;
    for (bool locked; at; at = next) {
        struct share_item *i = entry_at((const void *)at, &locked);
        if (!i)
            return;
        leave_table(c, i);
        csan__share_let_go(i, locked);
        const void *link = (const void *)(at + handle + NEXT_IN_HANDLE);
        if (csan__os_read_memory(&next, link, sizeof next) != sizeof next)
            return;
    }
}

void csan__uthash_settle(struct share_item *i)
{
    if (!i->auto_end || i->tables || i->state != SHARE_CACHED)
        return;
    csan__share_verify_now(i);
    csan__share_pop_all(i);
    csan__share_uncache(i, i->ended_stack);
}
