#include "detect/share_precise.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/share_fault.h"
#include "record/block_map.h"
#include "record/colour.h"
#include "record/stack.h"
#include "record/thread.h"

#include <errno.h>
#include <string.h>

#define NO_MEMORY "no memory, or no mapping, for it"
#define NO_GUARDS "no more guards: accesses after a release are no longer seen"
#define ALL (SHARE_OF_CACHE | SHARE_ENDED | SHARE_OF_POOL | SHARE_GONE)

void (*csan__precise_drop)(uintptr_t start, const struct regs *at);
uint32_t csan__precise_is_unmet;
bool csan__precise_has_stopped;

static struct {
    const char *refused; /* for good */
    const char *why;     /* of the last buffer that stayed */
    bool said, said_unguarded, noted, noted_unguarded;
} unmet;

/* ---- what could not be done */

/* For the verdict and its record, beside the word on the log. */
static void note_unmet(bool *noted, const char *why, const struct share_owner *o, uint32_t stack)
{
    struct share_fault f = {.kind = FAULT_UNMET, .stack = stack, .owner = o};
    struct text note = TEXT(f.note);
    if (__atomic_exchange_n(noted, true, __ATOMIC_RELAXED))
        return;
    csan__text_str(&note, why);
    csan__fault_note(&f);
}

static void stays(const char *why, const struct share_item *i, uint32_t stack)
{
    unmet.why = why;
    if (unmet.said)
        return;
    __atomic_store_n(&csan__precise_is_unmet, 1, __ATOMIC_RELEASE);
    note_unmet(&unmet.noted, why, i->owner, stack);
}

void csan__precise_refuse(const char *why)
{
    unmet.refused = why;
}

const char *csan__precise_unmet(void)
{
    if (!__atomic_exchange_n(&csan__precise_is_unmet, 0, __ATOMIC_ACQUIRE))
        return NULL;
    if (unmet.why && !unmet.said) {
        unmet.said = true;
        return unmet.why;
    }
    if (csan__colour_unguarded() && !unmet.said_unguarded) {
        unmet.said_unguarded = true;
        return NO_GUARDS " (they need Linux 6.15, or free mappings)";
    }
    return NULL;
}

static void look_at_guards(const struct share_owner *o, uint32_t stack)
{
    if (CSAN_LIKELY(!csan__colour_unguarded() || unmet.said_unguarded))
        return;
    __atomic_store_n(&csan__precise_is_unmet, 1, __ATOMIC_RELEASE);
    note_unmet(&unmet.noted_unguarded, NO_GUARDS, o, stack);
}

/* ---- a buffer moves in */

/* Pages that are all zero are left out: they take no memory. */
static void copy(uintptr_t to, uintptr_t from, size_t bytes)
{
    static const char zero[CSAN_PAGE];
    for (size_t at = 0; at < bytes;) {
        size_t n = CSAN_PAGE - ((to + at) & (CSAN_PAGE - 1));
        n = n < bytes - at ? n : bytes - at;
        if (memcmp((void *)(from + at), zero, n) != 0)
            memcpy((void *)(to + at), (void *)(from + at), n);
        at += n;
    }
}

static const char *in_the_way(const struct share_item *i)
{
    if (unmet.refused)
        return unmet.refused;
    if (!csan__block_chunk_headers)
        return "malloc is not libc's";
    if (i->live)
        return "a buffer was published anew while it was shared";
    int failed = csan__colour_start();
    return failed == -EAGAIN ? "the address space is limited (ulimit -v)"
           : failed          ? NO_MEMORY
                             : NULL;
}

/* Registry locked, item held. It stays where it is when it cannot be moved. */
static void move_in(struct share_call *c, struct share_item *i)
{
    struct block b;
    if (!i->heap || i->home != i->lo || csan__share_next_in(i) ||
        csan__share_first_in(i->lo) != i || csan__colour_holds(i->lo) ||
        !csan__block_at(i->lo, &b) || b.damaged)
        return;
    const char *why = in_the_way(i);
    struct span *s = why ? NULL : csan__colour_make(b.asked, i->lo);
    if (s && !(csan__block_set(s->at) && csan__block_clear(s->at))) {
        csan__colour_free(s, 0); /* it could not be accounted for */
        s = NULL;
    }
    if (!s) {
        stays(why ? why : NO_MEMORY, i, csan__share_stack(c));
        return;
    }
    uintptr_t old = i->lo;
    copy(s->at, old, b.asked);
    csan__block_take(old, b.usable, &b);
    b.start = s->at;
    b.usable = s->usable;
    csan__block_put_back(&b);
    csan__share_move(i, s->at, i->bytes, s->at);
    csan__precise_drop(old, c->at);
}

static void *published(struct share_call *c, struct share_item *i)
{
    if (!i->fixed)
        move_in(c, i);
    return (void *)i->lo;
}

/* ---- shares and loans */

static uintptr_t at_colour(const struct share_item *i, uintptr_t addr, unsigned colour)
{
    (void)i;
    return csan__colour_home(addr) + ((uintptr_t)colour << COLOUR_WINDOW_BITS);
}

static unsigned take(struct share_item *i, struct span *s, bool loan)
{
    struct colour_use who = {.stack = loan ? i->began_stack : i->shared_stack,
                             .tid = i->shared_tid,
                             .epoch = csan__block_epoch()};
    return csan__colour_take(s, loan, &who);
}

static const void *shared(struct share_item *i, const void *p)
{
    struct span *s = csan__colour_span(i->lo);
    unsigned c = s ? take(i, s, false) : 0;
    if (s && !c)
        stays(NO_MEMORY, i, i->shared_stack);
    return s ? (const void *)at_colour(i, (uintptr_t)p, c) : p;
}

static void *lent(struct share_call *c, struct share_item *i)
{
    move_in(c, i);
    struct span *s = csan__colour_span(i->lo);
    unsigned colour = s ? take(i, s, true) : 0;
    return (void *)(i->lo + ((uintptr_t)colour << COLOUR_WINDOW_BITS));
}

/* The owner's pointer may be given for any share, and a colour may have many. */
static enum share_which which(const struct share_item *i, const void *p, struct share_past *was)
{
    const struct span *s = csan__colour_span((uintptr_t)p);
    unsigned colour = s ? csan__colour_of((uintptr_t)p) : 0;
    const struct colour_use *use = colour ? csan__colour_use(s, colour) : NULL;
    (void)i;
    if (!use || colour >= COLOUR_LOANS)
        return SHARE_ANY;
    bool is_live = s->live >> colour & 1;
    if (is_live && colour == COLOUR_COMMON)
        return SHARE_ANY;
    *was = (struct share_past){use->stack, use->released_stack, use->tid, use->released_tid};
    return is_live ? SHARE_THIS : SHARE_NONE;
}

/* A colour of who had that share; 0: none. */
static unsigned colour_of(const struct span *s, const struct share_borrow *was)
{
    for (unsigned c = 1; c <= COLOUR_COMMON; c++) {
        const struct colour_use *use = s->live >> c & 1 ? csan__colour_use(s, c) : NULL;
        if (use && (c == COLOUR_COMMON || (use->stack == was->stack && use->tid == was->tid)))
            return c;
    }
    return 0;
}

static void released(struct share_call *c, struct share_item *i, const void *p,
                     const struct share_borrow *was)
{
    struct span *s = csan__colour_span(i->lo);
    if (!s)
        return;
    unsigned colour = csan__colour_holds((uintptr_t)p) ? csan__colour_of((uintptr_t)p) : 0;
    if (!colour)
        colour = colour_of(s, was);
    if (colour && s->live >> colour & 1)
        csan__colour_give(s, colour, csan__share_stack(c), c->self->tid);
    look_at_guards(i->owner, csan__share_stack(c));
}

static void given_back(struct share_call *c, struct share_item *i)
{
    struct span *s = csan__colour_span(i->lo);
    for (unsigned colour = COLOUR_LOANS; s && colour <= COLOURS; colour++)
        if (s->live >> colour & 1)
            csan__colour_give(s, colour, csan__share_stack(c), c->self->tid);
    look_at_guards(i->owner, csan__share_stack(c));
}

const struct share_mode csan__share_precise = {
    .checksums = true,
    .published = published,
    .lent = lent,
    .shared = shared,
    .which = which,
    .released = released,
    .given_back = given_back,
};

/* ---- accesses */

static struct share_item *item_of(const struct span *s)
{
    return csan__share_at(s->at, ALL);
}

static struct share_fault fault_of(enum share_fault_kind kind, const struct share_item *i,
                                   uint32_t stack)
{
    struct share_fault f = {.kind = kind, .stack = stack};
    if (i) {
        f.owner = i->owner;
        f.bytes = i->bytes;
    }
    return f;
}

struct access {
    uintptr_t addr;
    bool is_store;
    const char *by; /* a call, or NULL: an instruction */
};

/* There is a guard in the way: told, and taken away. */
static bool note_guarded(struct share_call *c, struct span *s, const struct access *a)
{
    unsigned colour = csan__colour_of(a->addr);
    if (!(__atomic_load_n(&s->guarded, __ATOMIC_ACQUIRE) >> colour & 1))
        return false;
    const struct share_item *i = item_of(s);
    const struct colour_use *use = csan__colour_use(s, colour);
    bool loan = colour >= COLOUR_LOANS;
    enum share_fault_kind kind = s->freed_stack ? FAULT_FREED_USED
                                 : loan         ? FAULT_RETURNED_USED
                                                : FAULT_RELEASED_USED;
    struct share_fault f = fault_of(kind, i, c->stack);
    struct text note = TEXT(f.note);
    csan__text_format(&note, "%s at offset %ld", a->is_store ? "written" : "read",
                      (long)(csan__colour_home(a->addr) - s->at));
    if (a->by)
        csan__text_format(&note, ", by %s()", a->by);
    if (use) {
        csan__fault_party(&f, loan ? "lent" : "shared", use->stack, use->tid);
        csan__fault_party(&f, loan ? "given back" : "released", use->released_stack,
                          use->released_tid);
    }
    if (s->freed_stack > 1)
        csan__fault_party(&f, "freed", s->freed_stack, 0);
    else if (i && !loan)
        csan__fault_party(&f, "published", i->began_stack, 0);
    csan__fault_note(&f);
    csan__colour_unguard(s, colour);
    return true;
}

static bool is_mutable(const struct share_item *i, uintptr_t home)
{
    for (const struct share_hole *h = i->holes; h; h = h->next)
        if (home - i->lo - h->at < h->bytes)
            return true;
    return false;
}

/* Nobody may write there but the owner. */
static bool is_wrong(const struct share_item *i, uintptr_t addr)
{
    return i && i->state & SHARE_OF_CACHE && !i->windows && !is_mutable(i, csan__colour_home(addr));
}

static void begin_store(uint32_t stack, uintptr_t addr, const struct span *s,
                        struct share_store *out)
{
    uintptr_t home = csan__colour_home(addr),
              end = csan__colour_lo + ((size_t)s->first + s->pages) * CSAN_PAGE;
    *out = (struct share_store){.addr = addr, .stack = stack};
    out->known = end - home < STORE_SEEN ? end - home : STORE_SEEN;
    memcpy(out->before, (void *)home, out->known);
}

enum share_access csan__precise_access(struct share_call *c, uintptr_t addr, bool is_store,
                                       struct share_store *out)
{
    struct span *s = csan__colour_span(addr);
    unsigned colour = csan__colour_of(addr);
    if (!s)
        return ACCESS_NOT_OURS;
    if (note_guarded(c, s, &(struct access){addr, is_store, NULL}))
        return ACCESS_AGAIN;
    if (!is_store || colour == 0 || colour >= COLOUR_LOANS)
        return ACCESS_AGAIN;
    begin_store(c->stack, addr, s, out);
    return is_wrong(item_of(s), addr) ? ACCESS_STEP : ACCESS_STEP_SILENTLY;
}

uintptr_t csan__precise_will_write(struct share_call *c, uintptr_t addr, const char *by,
                                   struct share_store *out)
{
    struct span *s = csan__colour_span(addr);
    unsigned colour = csan__colour_of(addr);
    out->by = NULL;
    if (!s)
        return addr;
    csan__share_stack(c);
    note_guarded(c, s, &(struct access){addr, true, by});
    if (colour == 0 || colour >= COLOUR_LOANS)
        return addr;
    if (s->guarded & 1) /* freed: the owner's address is as good as any */
        csan__colour_unguard(s, 0);
    begin_store(c->stack, addr, s, out);
    out->by = is_wrong(item_of(s), addr) ? by : NULL;
    return csan__colour_home(addr);
}

void csan__precise_will_read(struct share_call *c, uintptr_t addr, const char *by)
{
    struct span *s = csan__colour_span(addr);
    csan__share_stack(c);
    if (s)
        note_guarded(c, s, &(struct access){addr, false, by});
}

static void put_bytes(struct text *t, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t k = 0; k < n; k++) {
        csan__text_char(t, ' ');
        csan__text_char(t, digits[bytes[k] >> 4]);
        csan__text_char(t, digits[bytes[k] & 15]);
    }
}

/* "offset 8: 01 00 → 02 07" */
static void describe(struct text *t, const struct share_store *s, uintptr_t start)
{
    const unsigned char *now = (const unsigned char *)csan__colour_home(s->addr);
    size_t first = 0, last, n;
    while (first < s->known && s->before[first] == now[first])
        first++;
    for (last = s->known; last > first && s->before[last - 1] == now[last - 1];)
        last--;
    csan__text_format(t, "offset %ld", (long)((uintptr_t)now - start));
    if (s->by)
        csan__text_format(t, ", by %s()", s->by);
    if (first == last) {
        csan__text_str(t, ": what was there already");
        return;
    }
    n = last < 8 ? last : 8;
    csan__text_char(t, ':');
    put_bytes(t, s->before, n);
    csan__text_str(t, " →");
    put_bytes(t, now, n);
    if (last > n)
        csan__text_str(t, " …");
}

void csan__precise_stored(const struct share_store *s)
{
    const struct span *span = csan__colour_span(s->addr);
    unsigned colour = csan__colour_of(s->addr);
    struct share_item *i = span ? item_of(span) : NULL;
    const struct colour_use *use = span ? csan__colour_use(span, colour) : NULL;
    if (!i)
        return;
    i->armed = false; /* what its sum would tell has been told */
    struct share_fault f = fault_of(FAULT_STORED, i, s->stack);
    struct text note = TEXT(f.note);
    describe(&note, s, i->lo);
    if (use)
        csan__fault_party(&f, "shared", use->stack, use->tid);
    if (use && use->released_stack)
        csan__fault_party(&f, "released", use->released_stack, use->released_tid);
    csan__fault_party(&f, "published", i->began_stack, 0);
    csan__fault_note(&f);
}

/* ---- the heap's side */

uintptr_t csan__precise_given(struct share_call *c, uintptr_t p, bool is_free)
{
    struct span *s = csan__colour_span(p);
    unsigned colour = csan__colour_of(p);
    if (!s || colour == 0 || colour >= COLOUR_LOANS)
        return csan__colour_home(p);
    struct share_item *i = item_of(s);
    const struct colour_use *use = csan__colour_use(s, colour);
    struct share_fault f = fault_of(is_free ? FAULT_FREED : FAULT_MOVED, i, csan__share_stack(c));
    if (use)
        csan__fault_party(&f, "shared", use->stack, use->tid);
    if (use)
        csan__fault_party(&f, "released", use->released_stack, use->released_tid);
    csan__fault_note(&f);
    if (i)
        i->told = true;
    return csan__colour_home(p);
}

void csan__precise_freed(uintptr_t start, uint32_t stack)
{
    struct span *s = csan__colour_span(start);
    bool locked = csan__share_lock();
    if (s && s->at == start && !s->freed_stack)
        csan__colour_free(s, stack);
    csan__share_unlock(locked);
    look_at_guards(NULL, stack);
}
