/* Caches: published buffers, the shares of them, the owner's window. */
#include "base/options.h"
#include "detect/share.h"
#include "detect/share_extent.h"
#include "detect/share_fault.h"
#include "detect/share_precise.h"
#include "detect/share_private.h"
#include "record/block.h"
#include "record/colour.h"
#include "record/share_sum.h"
#include "record/stack.h"
#include "record/thread.h"

#define ALWAYS_SUMMED 512u /* bytes: every period, at every release */
#define PERIODS_SUMMED 16u /* of a longer one: the first ones, then one in so many as it costs */
#define COST_OF_A_PERIOD 256u

static const struct share_mode cheap = {.checksums = true};
static const struct share_mode stress = {
    .checksums = true, .every_call = true, .keep_freed = true, .drop_one_in = 4};
const struct share_mode *csan__share_mode = &cheap;

void csan__share_choose(uint32_t option)
{
    if (option == SHARE_PRECISE)
        csan__share_mode = &csan__share_precise;
    else
        csan__share_mode = option == SHARE_STRESS ? &stress : &cheap;
}

uint32_t csan__share_stack(struct share_call *c)
{
    if (!c->stack)
        c->stack = csan__stack_here(c->at);
    return c->stack;
}

static CSAN_ALWAYS_INLINE uintptr_t owners(const void *p)
{
    return csan__colour_home((uintptr_t)p);
}

/* ---- the limits of a cache */

static void count_in(struct share_owner *o, const struct share_item *i, uint32_t stack)
{
    if (!o)
        return;
    o->bytes += i->bytes;
    o->entries++;
    o->filled_stack = stack;
    if ((o->bytes_max && o->bytes > o->bytes_max) ||
        (o->entries_max && o->entries > o->entries_max)) {
        o->over_stack = stack;
        __atomic_store_n(&o->is_over, true, __ATOMIC_RELAXED);
    }
}

static void count_out(struct share_owner *o, const struct share_item *i)
{
    if (!o)
        return;
    o->bytes -= i->bytes;
    o->entries--;
    if ((!o->bytes_max || o->bytes <= o->bytes_max) &&
        (!o->entries_max || o->entries <= o->entries_max))
        __atomic_store_n(&o->is_over, false, __ATOMIC_RELAXED);
}

void csan__share_over(struct share_owner *o)
{
    bool by_bytes = o->bytes_max && o->bytes > o->bytes_max;
    struct share_fault f = {.kind = by_bytes ? FAULT_OVER_BYTES : FAULT_OVER_ENTRIES,
                            .stack = o->over_stack,
                            .owner = o,
                            .bytes = by_bytes ? o->bytes : o->entries,
                            .limit = by_bytes ? o->bytes_max : o->entries_max};
    __atomic_store_n(&o->is_over, false, __ATOMIC_RELAXED);
    csan__fault_note(&f);
}

/* A call on this cache begins: what it holds now it was left with. */
static CSAN_ALWAYS_INLINE void look_at_limits(struct share_owner *o)
{
    if (CSAN_UNLIKELY(o && __atomic_load_n(&o->is_over, __ATOMIC_RELAXED)))
        csan__share_over(o);
}

/* ---- changes */

/* The item is held. `was`: the share that ends with this call, or NULL. */
static CSAN_COLD void note_change(struct share_call *c, struct share_item *i,
                                  enum share_change change, const struct share_borrow *was,
                                  const char *found)
{
    const struct share_borrow *newest = csan__share_borrow(i, i->borrows);
    uint32_t place = was ? was->stack : newest ? newest->stack : i->shared_stack;
    struct share_fault f = {.kind =
                                change == SHARE_BODY_CHANGED ? FAULT_CHANGED : FAULT_CHANGED_BEHIND,
                            .stack = place,
                            .owner = i->owner,
                            .bytes = i->bytes};
    struct share_borrow at_fault = {.stack = place};
    if (c)
        csan__fault_party(&f, found, csan__share_stack(c), 0);
    csan__fault_holders(&f, i, "shared as well", &at_fault);
    csan__fault_party(&f, "published", i->began_stack, 0);
    csan__fault_note(&f);
    csan__share_arm(i);
}

/* The item is held. */
static CSAN_ALWAYS_INLINE void verify(struct share_call *c, struct share_item *i,
                                      const struct share_borrow *was, const char *found)
{
    enum share_change change = csan__share_verify(i);
    if (CSAN_UNLIKELY(change != SHARE_SAME))
        note_change(c, i, change, was, found);
}

void csan__share_verify_at(struct share_call *c, struct share_item *i, const char *found)
{
    if (i->live)
        verify(c, i, NULL, found);
}

void csan__share_verify_now(struct share_item *i)
{
    csan__share_verify_at(NULL, i, NULL);
}

/* Of a long one. */
static bool is_its_turn(struct share_item *i)
{
    size_t cost = csan__share_sum_cost(i);
    if (cost <= ALWAYS_SUMMED)
        return true;
    if (i->skip) {
        i->skip--;
        return false;
    }
    if (++i->periods > PERIODS_SUMMED)
        i->skip = (uint32_t)(cost / COST_OF_A_PERIOD);
    return true;
}

/* From nobody's to shared. Long buffers are summed now and then, so that a share costs no more. */
static CSAN_ALWAYS_INLINE void begin_period(struct share_item *i)
{
    i->armed = false;
    if (CSAN_UNLIKELY(!csan__share_mode->checksums || i->windows || i->on_stack))
        return;
    if (CSAN_LIKELY(i->room <= ALWAYS_SUMMED) || csan__share_mode->every_call || is_its_turn(i))
        csan__share_arm(i);
}

void csan__share_begin_period(struct share_item *i)
{
    begin_period(i);
}

/* ---- publish */

/* Cached again, or with another length: what it was is over. The item is held. */
static void end_before(struct share_call *c, struct share_item *i)
{
    if (i->state != SHARE_CACHED)
        return;
    struct share_fault f = {.kind = FAULT_PUBLISHED_TWICE, .owner = i->owner, .bytes = i->bytes};
    f.stack = csan__share_stack(c);
    csan__fault_party(&f, "first published", i->began_stack, 0);
    csan__fault_note(&f);
    if (i->live)
        verify(c, i, NULL, "found when it was published again");
    count_out(i->owner, i);
}

/* Registry locked. */
void *csan__share_publish(struct share_call *c, struct share_owner *o, const struct extent *e,
                          bool fixed)
{
    struct share_item *i = csan__share_at(e->lo, SHARE_OF_CACHE | SHARE_ENDED);
    bool is_new = !i;
    if (is_new && !(i = csan__share_make(e)))
        return (void *)e->lo;
    bool locked = csan__share_hold_any(i);
    void *to = (void *)e->lo;
    if (!is_new)
        end_before(c, i);
    if (is_new || csan__share_move(i, e->lo, e->bytes, e->home)) {
        i->owner = o;
        i->room = e->room;
        i->heap = e->home != 0;
        i->fixed = fixed;
        i->on_stack = e->lo - c->self->stack_lo < c->self->stack_hi - c->self->stack_lo;
        i->began_stack = csan__share_stack(c);
        i->epoch = csan__block_epoch();
        i->periods = i->skip = 0;
        i->told = i->escaped = false;
        count_in(o, i, i->began_stack);
        if (i->live)
            begin_period(i);
        i->state = SHARE_CACHED;
        csan__share_count_added();
        if (csan__share_mode->published)
            to = csan__share_mode->published(c, i);
    }
    csan__share_let_go(i, locked);
    return to;
}

static void refuse(struct share_call *c, struct share_owner *o, enum share_fault_kind kind,
                   size_t bytes, size_t limit)
{
    struct share_fault f = {.kind = kind, .owner = o, .bytes = bytes, .limit = limit};
    f.stack = csan__share_stack(c);
    csan__fault_note(&f);
}

void *csan__cache_publish(struct share_call *c, struct share_owner *o, void *p, size_t n,
                          bool fixed)
{
    struct extent e = csan__extent_of(owners(p), n);
    if (!p)
        return p;
    look_at_limits(o);
    if (!csan__extent_is_memory(&e)) {
        refuse(c, o, FAULT_NO_MEMORY, n, 0);
        return p;
    }
    if ((!fixed && e.home != e.lo) || (!e.home && n == 0))
        refuse(c, o, FAULT_NO_BLOCK, n, 0);
    if (e.home && n > e.room)
        refuse(c, o, FAULT_TOO_LONG, n, e.room);
    if (!e.home && n == 0)
        return p;
    bool locked = csan__share_lock();
    void *to = csan__share_publish(c, o, &e, fixed || e.home != e.lo);
    csan__share_unlock(locked);
    return to;
}

/* ---- share, release */

const void *csan__cache_share(struct share_call *c, const void *p)
{
    uintptr_t addr = owners(p);
    struct share_item *i = csan__share_recall(c->self->shared, addr);
    bool locked;
    if (CSAN_UNLIKELY(!i)) {
        csan__share_stranger(addr);
        return p;
    }
    uint32_t stack = csan__share_stack(c);
    if (CSAN_UNLIKELY(!csan__share_hold(i, addr, SHARE_OF_CACHE, &locked)))
        return p;
    look_at_limits(i->owner);
    if (!i->live)
        begin_period(i);
    else if (CSAN_UNLIKELY(csan__share_mode->every_call))
        verify(c, i, NULL, "found when it was shared again");
    i->shared_stack = stack;
    i->shared_tid = c->self->tid;
    if (CSAN_UNLIKELY(!csan__share_push(i, stack, c->self->tid, csan__block_epoch())))
        i->lossy = true;
    else if (CSAN_UNLIKELY(csan__share_mode->shared != NULL))
        p = csan__share_mode->shared(i, p);
    csan__share_let_go(i, locked);
    return p;
}

/* Nothing was lent there, or no longer. past: of that very share; NULL: of any. The item is held.
 */
static CSAN_COLD void note_release(struct share_call *c, const struct share_item *i,
                                   const struct share_past *past)
{
    if (i->lossy || i->auto_end)
        return;
    struct share_past any = {
        .stack = i->shared_stack, .tid = i->shared_tid, .released_tid = i->released_tid};
    if (!past && any.stack && i->released_pc)
        any.released_stack = csan__stack_keep(&i->released_pc, 1, true);
    past = past ? past : &any;
    struct share_fault f = {.kind = past->stack ? FAULT_RELEASED_TWICE : FAULT_NOT_SHARED,
                            .owner = i->owner,
                            .bytes = i->bytes};
    f.stack = csan__share_stack(c);
    if (past->released_stack)
        csan__fault_party(&f, "released first", past->released_stack, past->released_tid);
    if (past->stack)
        csan__fault_party(&f, "shared last", past->stack, past->tid);
    csan__fault_note(&f);
}

/* It was somebody's when it was freed. The item is held. */
static void note_freed(struct share_call *c, const struct share_item *i,
                       const struct share_borrow *was)
{
    struct share_fault f = {
        .kind = FAULT_FREED, .stack = i->freed_stack, .owner = i->owner, .bytes = i->bytes};
    csan__fault_party(&f, "shared", was->stack, was->tid);
    csan__fault_party(&f, "released", csan__share_stack(c), 0);
    csan__fault_note(&f);
}

static CSAN_COLD void release_unknown(struct share_call *c, uintptr_t addr)
{
    bool locked;
    struct share_borrow was;
    struct share_item *i = csan__share_find(addr, SHARE_ENDED | SHARE_GONE);
    if (!i && csan__share_stranger_released(addr))
        return;
    if (!i)
        refuse(c, NULL, FAULT_NOT_SHARED, 0, 0);
    else if (csan__share_hold(i, addr, SHARE_ENDED | SHARE_GONE, &locked)) {
        bool was_out = csan__share_pop(i, c->self->tid, &was);
        if (was_out && !i->told)
            note_freed(c, i, &was);
        else if (!was_out)
            note_release(c, i, NULL);
        csan__share_let_go(i, locked);
    }
}

static CSAN_ALWAYS_INLINE void end_share(struct share_call *c, struct share_item *i, const void *p)
{
    struct share_borrow was;
    struct share_past past;
    enum share_which which = SHARE_ANY;
    if (CSAN_UNLIKELY(csan__share_mode->which != NULL))
        which = csan__share_mode->which(i, p, &past);
    if (CSAN_UNLIKELY(which != SHARE_ANY)) {
        if (which == SHARE_NONE || !csan__share_pop_of(i, past.tid, past.stack, &was)) {
            note_release(c, i, &past);
            return;
        }
    } else if (CSAN_UNLIKELY(!csan__share_pop(i, c->self->tid, &was))) {
        note_release(c, i, NULL);
        return;
    }
    if (i->armed && (!i->live || i->bytes <= ALWAYS_SUMMED || csan__share_mode->every_call))
        verify(c, i, &was, "found when it was released");
    i->released_pc = c->at->pc;
    i->released_tid = c->self->tid;
    if (CSAN_UNLIKELY(csan__share_mode->released != NULL))
        csan__share_mode->released(c, i, p, &was);
    if (i->live || i->state == SHARE_CACHED)
        return;
    i->state = SHARE_ENDED;
    i->epoch = csan__block_epoch();
}

void csan__cache_release(struct share_call *c, const void *p)
{
    uintptr_t addr = owners(p);
    struct share_item *i = csan__share_recall(c->self->shared, addr);
    bool locked;
    if (CSAN_UNLIKELY(!i || !csan__share_hold(i, addr, SHARE_OF_CACHE, &locked))) {
        release_unknown(c, addr);
        return;
    }
    look_at_limits(i->owner);
    end_share(c, i, p);
    csan__share_let_go(i, locked);
}

/* ---- evict */

void csan__share_uncache(struct share_item *i, uint32_t stack)
{
    count_out(i->owner, i);
    i->state = i->live ? SHARE_EVICTED : SHARE_ENDED;
    i->ended_stack = stack;
    i->epoch = csan__block_epoch();
}

void csan__cache_evict(struct share_call *c, void *p)
{
    uintptr_t addr = owners(p);
    bool registry = csan__share_lock(), locked;
    struct share_item *i = csan__share_find(addr, SHARE_CACHED);
    if (i && csan__share_hold(i, addr, SHARE_CACHED, &locked)) {
        if (i->live)
            verify(c, i, NULL, "found when it was evicted");
        csan__share_uncache(i, csan__share_stack(c));
        csan__share_let_go(i, locked);
    }
    csan__share_unlock(registry);
}

/* ---- the owner's window, holes, traces */

static struct share_item *hold(const void *p, unsigned states, bool *locked)
{
    uintptr_t addr = owners(p);
    struct share_item *i = csan__share_find(addr, states);
    return i && csan__share_hold(i, addr, states, locked) ? i : NULL;
}

void *csan__cache_writable(struct share_call *c, void *p)
{
    bool locked;
    struct share_item *i = hold(p, SHARE_OF_CACHE, &locked);
    if (!i)
        return p;
    if (i->live)
        verify(c, i, NULL, "found when the owner's window opened");
    if (i->windows < UINT16_MAX)
        i->windows++;
    csan__share_let_go(i, locked);
    return (void *)owners(p);
}

void csan__cache_sealed(struct share_call *c, void *p)
{
    bool locked;
    struct share_item *i = hold(p, SHARE_OF_CACHE, &locked);
    (void)c;
    if (!i)
        return;
    if (i->windows)
        i->windows--;
    if (!i->windows && i->live && csan__share_mode->checksums)
        csan__share_arm(i);
    csan__share_let_go(i, locked);
}

void csan__cache_mutable(struct share_call *c, const void *p, size_t n)
{
    uintptr_t addr = owners(p);
    bool registry = csan__share_lock(), locked;
    struct share_item *i = hold(p, SHARE_OF_CACHE, &locked);
    if (i) {
        size_t at = addr - i->lo, left = i->bytes - (at < i->bytes ? at : i->bytes);
        if (i->live)
            verify(c, i, NULL, "found before a part was made mutable");
        csan__share_add_hole(i, at, n < left ? n : left);
        if (i->armed)
            csan__share_arm(i);
        csan__share_let_go(i, locked);
    }
    csan__share_unlock(registry);
}

void csan__share_expect(struct share_call *c, const void *where, size_t n, const char *why)
{
    struct extent e = csan__extent_of(owners(where), n);
    if (n == 0 || !csan__extent_is_memory(&e))
        return;
    bool registry = csan__share_lock();
    struct share_item *i = csan__share_at(e.lo, SHARE_EXPECTED);
    if (!i && (i = csan__share_make(&e)) != NULL) {
        i->began_stack = csan__share_stack(c);
        i->state = SHARE_EXPECTED;
        csan__share_add_trace(i, i->began_stack, c->self->tid, why);
    }
    csan__share_unlock(registry);
}

void csan__share_touch(struct share_call *c, const void *p, const char *hint)
{
    bool registry = csan__share_lock(), locked;
    struct share_item *i = hold(p, SHARE_OF_CACHE | SHARE_OF_POOL, &locked);
    if (i) {
        csan__share_add_trace(i, csan__share_stack(c), c->self->tid, hint);
        csan__share_let_go(i, locked);
    }
    csan__share_unlock(registry);
}
