/* Pools: what they lend, what comes back, and in which state.
 *
 * A spare buffer is nobody's: a sum tells whether it was written to (but for the pool's own link).
 * Where the pool says that a returned buffer is all zero, csan fills it with junk while it is
 * spare, so that who still reads it reads nonsense, and puts the zeros back when it is lent. */
#include "base/os.h"
#include "detect/share.h"
#include "detect/share_extent.h"
#include "detect/share_fault.h"
#include "detect/share_private.h"
#include "record/block.h"
#include "record/colour.h"
#include "record/share_sum.h"
#include "record/thread.h"

#include <string.h>

#define JUNK 0xdd
#define JUNK_BYTES ((size_t)4096)
#define LOOKED_AT ((size_t)1 << 20) /* for bytes that are left over */
#define COPY ((size_t)1024)
#define LINK sizeof(void *)

enum { RESET = 1, RESET_ON_LEND = 2, ONE_SIZE = 4, LINKED = 8 }; /* csan_share.h's CSAN_POOL_ */

/* ---- bytes */

/* How many of n bytes are not `byte`: hardly any, so 32 at once, or eight. */
static size_t count_in(const char *p, size_t n, char byte)
{
    uint64_t all = 0x0101010101010101u * (unsigned char)byte, word;
    size_t others = 0;
    for (; n >= 4 * sizeof word; n -= 4 * sizeof word, p += 4 * sizeof word) {
        uint64_t four[4];
        memcpy(four, p, sizeof four);
        if (((four[0] ^ all) | (four[1] ^ all) | (four[2] ^ all) | (four[3] ^ all)) == 0)
            continue;
        for (size_t k = 0; k < sizeof four; k++)
            others += p[k] != byte;
    }
    for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
        memcpy(&word, p, sizeof word);
        for (size_t k = 0; word != all && k < sizeof word; k++)
            others += p[k] != byte;
    }
    for (; n; n--)
        others += *p++ != byte;
    return others;
}

/* How many of [lo, hi) are not `byte`. */
static size_t count_others(const struct share_item *i, size_t lo, size_t hi, char byte)
{
    char copy[COPY];
    size_t others = 0;
    hi = hi < LOOKED_AT ? hi : LOOKED_AT;
    for (size_t at = lo; at < hi; at += COPY) {
        size_t n = hi - at < COPY ? hi - at : COPY;
        const char *from = (const char *)i->lo + at;
        if (!i->heap && csan__os_read_memory(copy, from, n) != n)
            return others;
        if (!i->heap)
            from = copy;
        others += count_in(from, n, byte);
    }
    return others;
}

static size_t link_of(const struct share_item *i)
{
    size_t n = i->owner && i->owner->flags & LINKED ? LINK : 0;
    return n < i->bytes ? n : i->bytes;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static bool has_junk(const struct share_item *i)
{
    return i->heap && i->owner && i->owner->flags & RESET && !i->lossy;
}

static size_t junk_end(const struct share_item *i)
{
    return i->bytes < JUNK_BYTES ? i->bytes : JUNK_BYTES;
}

static void fill(const struct share_item *i, size_t from, char byte)
{
    if (from < junk_end(i))
        memset((char *)i->lo + from, byte, junk_end(i) - from);
}

/* ---- a spare buffer */

/* Nothing but the link may change from now on. */
static void begin_spare(struct share_item *i)
{
    size_t link = link_of(i);
    if (!i->holes && link)
        csan__share_add_hole(i, 0, link);
    bool wants_zeros = i->owner && i->owner->flags & RESET;
    i->lossy = wants_zeros && count_others(i, link, i->bytes, 0) != 0; /* no zeros to put back */
    if (has_junk(i))
        fill(i, link, (char)JUNK);
    csan__share_arm(i);
}

/* Was it written to? What the pool has written for the next tenant (`used`) is its own affair, and
 * so are zeros. */
static bool was_used(const struct share_item *i, size_t used)
{
    if (csan__share_verify(i) == SHARE_SAME)
        return false;
    size_t from = larger(link_of(i), used);
    if (has_junk(i) && from < junk_end(i))
        return count_others(i, from, junk_end(i), (char)JUNK) != 0 &&
               count_others(i, from, i->bytes, 0) != 0;
    return used == 0 && count_others(i, from, i->bytes, 0) != 0;
}

static void note_used(struct share_call *c, const struct share_item *i, const char *found)
{
    struct share_fault f = {
        .kind = FAULT_USED_AFTER, .stack = i->began_stack, .owner = i->owner, .bytes = i->bytes};
    csan__fault_party(&f, "given back", i->ended_stack, i->shared_tid);
    if (c)
        csan__fault_party(&f, found, csan__share_stack(c), 0);
    csan__fault_note(&f);
}

/* It is spare no more; found: how that came. */
static void end_spare(struct share_call *c, struct share_item *i, size_t used, const char *found)
{
    if (was_used(i, used) && !i->told)
        note_used(c, i, found);
    if (has_junk(i))
        fill(i, larger(link_of(i), used), 0);
    i->armed = false;
}

void csan__share_spare_freed(struct share_call *c, struct share_item *i)
{
    if (was_used(i, 0) && !i->told)
        note_used(c, i, "found when it was freed");
    i->armed = false;
}

void csan__share_spare_now(struct share_item *i)
{
    if (i->told || !was_used(i, 0))
        return;
    note_used(NULL, i, NULL);
    i->told = true;
}

/* ---- what every call looks at */

static void note(struct share_call *c, const struct share_item *i, enum share_fault_kind kind,
                 size_t bytes, size_t limit)
{
    struct share_fault f = {.kind = kind, .owner = i->owner, .bytes = bytes, .limit = limit};
    f.stack = csan__share_stack(c);
    if (kind == FAULT_LEFT_TO_NEXT) {
        csan__fault_party(&f, "the tenant before", i->shared_stack, 0);
        csan__fault_party(&f, "given back", i->ended_stack, 0);
    } else if (i->began_stack) {
        csan__fault_party(&f, kind == FAULT_LENT_TWICE ? "lent first" : "lent", i->began_stack,
                          i->shared_tid);
    }
    if (kind == FAULT_GIVEN_TWICE)
        csan__fault_party(&f, "given back first", i->ended_stack, 0);
    csan__fault_note(&f);
}

static void look_at_size(struct share_call *c, struct share_item *i, size_t capacity)
{
    struct share_owner *o = i->owner;
    if (i->heap && capacity > i->room)
        note(c, i, FAULT_TOO_LONG, capacity, i->room);
    if (!o || !(o->flags & ONE_SIZE))
        return;
    if (!o->one_size)
        o->one_size = capacity;
    else if (o->one_size != capacity)
        note(c, i, FAULT_MIXED_SIZES, capacity, o->one_size);
}

static void look_at_rest(struct share_call *c, struct share_item *i, size_t from,
                         enum share_fault_kind kind)
{
    size_t left = count_others(i, larger(link_of(i), from), i->bytes, 0);
    if (left)
        note(c, i, kind, left, 0);
}

/* ---- lend */

/* A buffer of the pool's from now on, held; NULL: no memory. Registry locked. */
static struct share_item *take_in(struct share_call *c, const struct extent *e,
                                  struct share_owner *o, bool *locked)
{
    struct share_item *i = csan__share_at(e->lo, SHARE_OF_POOL);
    bool is_new = !i;
    if (is_new && !(i = csan__share_make(e)))
        return NULL;
    *locked = csan__share_hold_any(i);
    if (o && (is_new || e->bytes > i->bytes))
        o->filled_stack = csan__share_stack(c);
    if (!is_new && e->bytes != i->bytes && !csan__share_move(i, e->lo, e->bytes, e->home)) {
        csan__share_let_go(i, *locked);
        return NULL;
    }
    i->owner = is_new ? o : i->owner;
    i->room = e->room;
    i->heap = e->home != 0;
    i->fixed = true; /* nothing is looked for behind it */
    return i;
}

static void lend(struct share_call *c, struct share_item *i, struct share_owner *o, size_t used,
                 size_t capacity)
{
    bool known = i->state & SHARE_OF_POOL;
    if (i->state == SHARE_LENT && i->owner == o)
        note(c, i, FAULT_LENT_TWICE, i->bytes, 0);
    if (i->state == SHARE_SPARE)
        end_spare(c, i, used, "found when it was lent again");
    i->shared_stack = known ? i->began_stack : 0;
    i->began_stack = 0; /* this tenant has done nothing yet */
    i->owner = o;
    look_at_size(c, i, capacity);
    if (o && o->flags & RESET_ON_LEND)
        look_at_rest(c, i, used, FAULT_LEFT_TO_NEXT);
    i->began_stack = csan__share_stack(c);
    i->shared_tid = c->self->tid;
    i->epoch = csan__block_epoch();
    i->told = i->escaped = false;
    i->state = SHARE_LENT;
}

static void note_no_memory(struct share_call *c, const struct share_owner *o, size_t capacity)
{
    struct share_fault f = {.kind = FAULT_NO_MEMORY, .owner = o, .bytes = capacity};
    f.stack = csan__share_stack(c);
    csan__fault_note(&f);
}

void *csan__pool_lend(struct share_call *c, struct share_owner *o, void *p, size_t used,
                      size_t capacity)
{
    struct extent e = csan__extent_of(csan__colour_home((uintptr_t)p), capacity);
    bool is_memory = csan__extent_is_memory(&e);
    if (p && !is_memory)
        note_no_memory(c, o, capacity);
    bool registry = csan__share_lock(), locked;
    struct share_item *i = is_memory ? take_in(c, &e, o, &locked) : NULL;
    if (i) {
        lend(c, i, o, used, capacity);
        if (csan__share_mode->lent)
            p = csan__share_mode->lent(c, i);
        csan__share_let_go(i, locked);
    }
    csan__share_unlock(registry);
    return p;
}

/* ---- give back */

/* One in so many: the pool must do without it. */
static bool is_dropped(struct share_owner *o)
{
    uint32_t n = csan__share_mode->drop_one_in;
    return n && o && ++o->given % n == 0;
}

static void give_back(struct share_call *c, struct share_item *i, size_t capacity)
{
    struct share_owner *o = i->owner;
    look_at_size(c, i, capacity);
    if (o && o->bytes_max && capacity > o->bytes_max)
        note(c, i, FAULT_CAPACITY, capacity, o->bytes_max);
    if (o && o->flags & RESET)
        look_at_rest(c, i, 0, FAULT_LEFT_OVER);
    i->ended_stack = csan__share_stack(c);
    i->shared_tid = c->self->tid;
    i->epoch = csan__block_epoch();
    i->told = i->escaped = false;
    i->state = SHARE_SPARE;
    begin_spare(i);
    if (csan__share_mode->given_back)
        csan__share_mode->given_back(c, i);
}

/* Nobody was lent this by that pool. */
static void note_foreign(struct share_call *c, struct share_owner *o, uintptr_t addr)
{
    struct share_fault f = {.kind = FAULT_FOREIGN, .owner = o};
    const struct share_item *i = csan__share_find(addr, SHARE_OF_POOL | SHARE_OF_CACHE);
    f.stack = csan__share_stack(c);
    if (i)
        csan__fault_party(&f,
                          i->state & SHARE_OF_POOL ? "lent by another, or not as a whole"
                                                   : "published by a cache",
                          i->began_stack, 0);
    csan__fault_note(&f);
}

static void *put(struct share_call *c, struct share_owner *o, void *p, size_t capacity)
{
    struct extent e = csan__extent_of(csan__colour_home((uintptr_t)p), capacity);
    struct share_item *i = csan__share_at(e.lo, SHARE_OF_POOL);
    bool locked;
    p = (void *)e.lo;
    if (!i || i->owner != o) {
        note_foreign(c, o, e.lo);
        return p;
    }
    if (i->state == SHARE_SPARE) {
        note(c, i, FAULT_GIVEN_TWICE, i->bytes, 0);
        return p;
    }
    if (is_dropped(o)) {
        csan__block_ignore(e.lo);
        csan__share_remove(i);
        return NULL;
    }
    if (!(i = take_in(c, &e, o, &locked)))
        return p;
    give_back(c, i, capacity);
    csan__share_let_go(i, locked);
    return p;
}

void *csan__pool_give_back(struct share_call *c, struct share_owner *o, void *p, size_t capacity)
{
    bool registry = csan__share_lock();
    p = p ? put(c, o, p, capacity) : p;
    csan__share_unlock(registry);
    return p;
}

void csan__pool_forget(struct share_call *c, struct share_owner *o, void *p)
{
    bool registry = csan__share_lock(), locked;
    struct share_item *i = csan__share_at(csan__colour_home((uintptr_t)p), SHARE_OF_POOL);
    if (i && i->owner == o) {
        locked = csan__share_hold_any(i);
        if (i->state == SHARE_SPARE)
            end_spare(c, i, 0, "found when the pool forgot it");
        csan__share_let_go(i, locked);
        csan__share_remove(i);
    }
    csan__share_unlock(registry);
}
