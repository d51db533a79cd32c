#include "detect/share_census.h"
#include "base/os.h"
#include "base/sort.h"
#include "base/text.h"
#include "detect/lock_name.h"
#include "detect/pointers.h"
#include "detect/share_fault.h"
#include "record/block.h"
#include "record/block_map.h"
#include "record/colour.h"
#include "record/ranges.h"
#include "record/readable.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#define GONE (SHARE_ENDED | SHARE_SPARE | SHARE_GONE)
#define PLACES 16u                      /* of one finding that are listed */
#define ARRAY_MAX ((uintptr_t)64 << 10) /* of a pool's own, in bytes */

/* A pointer into one of them. */
struct hit {
    struct hit *next;
    struct share_item *item;
    struct place place;
    bool is_note;
};

struct target {
    uintptr_t lo, hi;
    struct share_item *item;
};

/* Hits of one borrower and one kind of end are one finding. */
struct escape {
    struct escape *next;
    struct share_item *item; /* the first */
    struct hit *hits;
    uint32_t count;
    bool is_note;
};

struct census {
    struct target *targets;
    struct range *excused; /* what is stored there is no escape; ascending, disjoint */
    size_t nexcused, near; /* near: how many of them begin at or below what was asked for last */
    struct range *ranges;
    struct hit **hits; /* by target */
    size_t n;
    struct escape *escapes;
    struct findings *out;
    struct range alternate; /* the judge's signal stack */
    bool failed;
};

/* ---- what is sought */

/* No block begins in (from, next); of what lies there [from, covered) is a live block's. */
struct gap {
    uintptr_t from, next, covered;
};

/* Its address may be another block's by now. Account frozen. Items come in ascending order, most of
 * the time, and a gap is asked for once. */
static bool is_used_again(const struct share_item *i, struct gap *g)
{
    struct block b;
    if (i->state != SHARE_GONE)
        return false;
    if (csan__colour_holds(i->lo))
        return !csan__colour_span(i->lo)->freed_stack;
    if (i->lo < g->from || i->lo >= g->next) {
        uintptr_t next = csan__block_above(i->lo, MAP_TOP << MAP_REGION_BITS);
        *g = (struct gap){i->lo, next ? next : UINTPTR_MAX, i->lo};
        if (csan__block_find(i->lo, &b))
            g->covered = b.start + (b.asked ? b.asked : 1);
    }
    return i->lo < g->covered || g->next < i->lo + i->bytes;
}

static bool is_sought(const struct share_item *i, uint32_t since, struct gap *g)
{
    bool may_dangle = i->heap || (!i->auto_end && !i->on_stack); /* an array of entries stays */
    return i->state & GONE && i->epoch >= since && !i->escaped && !i->live && may_dangle &&
           !is_used_again(i, g);
}

static int compare(const void *a, const void *b)
{
    const struct target *x = a, *y = b;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    return (x->hi < y->hi) - (x->hi > y->hi);
}

/* Sorted and disjoint: of two that overlap the first keeps what both have. */
static void part(struct census *c)
{
    bool ascends = true;
    for (size_t k = 1; k < c->n && ascends; k++)
        ascends = compare(&c->targets[k - 1], &c->targets[k]) <= 0;
    if (!ascends)
        csan__sort(c->targets, c->n, sizeof *c->targets, compare);
    size_t kept = 0;
    uintptr_t end = 0;
    for (size_t k = 0; k < c->n; k++) {
        struct target t = c->targets[k];
        if (kept && t.lo < end)
            t.lo = end;
        if (kept && t.hi <= t.lo && t.hi <= end)
            continue;
        c->targets[kept] = t;
        c->ranges[kept++] = (struct range){t.lo, t.hi};
        end = t.hi > t.lo ? t.hi : t.lo + 1;
    }
    c->n = kept;
}

/* What is in a buffer that is gone itself is gone with it; some pointers are meant to stay. */
static bool excuses(const struct share_item *i)
{
    return i && i->state & (SHARE_ENDED | SHARE_EXPECTED);
}

static int gather_excused(struct census *c)
{
    size_t most = 0, n = 0;
    bool ascends = true;
    for (uint32_t id = 1; id < csan__share_end(); id++)
        most += excuses(csan__share_item(id));
    if (!most)
        return 0;
    c->excused = csan__arena_scratch_alloc(c->out->scratch, most * sizeof *c->excused);
    if (!c->excused)
        return -ENOMEM;
    for (uint32_t id = 1; id < csan__share_end() && n < most; id++) {
        const struct share_item *i = csan__share_item(id);
        if (!excuses(i))
            continue;
        ascends = ascends && (!n || c->excused[n - 1].lo <= i->lo);
        c->excused[n++] = (struct range){i->lo, i->lo + i->bytes};
    }
    if (!ascends)
        csan__ranges_sort(c->excused, n);
    c->nexcused = csan__ranges_merge(c->excused, n);
    return 0;
}

/* Words come in ascending order, most of the time. */
static bool is_excused(struct census *c, uintptr_t at)
{
    const struct range *e = c->excused;
    if (!(c->near && e[c->near - 1].lo <= at && (c->near == c->nexcused || at < e[c->near].lo)))
        c->near = csan__ranges_below(e, c->nexcused, at);
    return c->near && at < e[c->near - 1].hi;
}

static int gather(struct census *c, uint32_t since, const struct world *w)
{
    struct arena *scratch = c->out->scratch;
    struct gap gap = {0, 0, 0};
    size_t most = 0;
    for (uint32_t id = 1; id < csan__share_end(); id++) {
        const struct share_item *i = csan__share_item(id);
        most += i && i->state & GONE && i->epoch >= since && !i->escaped;
    }
    if (!most)
        return 0;
    if (gather_excused(c) != 0)
        return -ENOMEM;
    c->targets = csan__arena_scratch_alloc(scratch, most * sizeof *c->targets);
    c->ranges = csan__arena_scratch_alloc(scratch, most * sizeof *c->ranges);
    c->hits = csan__arena_scratch_alloc(scratch, most * sizeof *c->hits);
    if (!c->targets || !c->ranges || !c->hits || csan__block_freeze(w) != 0)
        return -ENOMEM;
    for (uint32_t id = 1; id < csan__share_end() && c->n < most; id++) {
        struct share_item *i = csan__share_item(id);
        if (i && is_sought(i, since, &gap))
            c->targets[c->n++] = (struct target){i->lo, i->lo + i->bytes, i};
    }
    csan__block_thaw();
    part(c);
    return 0;
}

/* ---- what is found */

/* glibc's setjmp, x86-64: rbx, rbp, r12 to r15, rsp and the pc, of which rbp and the last two are
 * rotated and mixed with a secret of the thread's. */
static bool is_saved_state(uintptr_t base)
{
    uintptr_t words[8], secret, here;
    __asm__("movq %%fs:0x30, %0" : "=r"(secret));
    if (!csan__readable_copy(words, base, sizeof words) &&
        csan__os_read_memory(words, (const void *)base, sizeof words) != sizeof words)
        return false;
    uintptr_t sp = (words[6] >> 17 | words[6] << 47) ^ secret;
    uintptr_t pc = (words[7] >> 17 | words[7] << 47) ^ secret;
    if (sp % 8 || (sp | pc) >> 47)
        return false; /* hardly any words get further */
    return csan__module_find_live(pc) &&
           csan__os_read_memory(&here, (const void *)sp, sizeof here) != 0;
}

static bool is_in_jmp_buf(const struct place *p)
{
    static const uintptr_t plain[] = {0, 16, 24, 32, 40}; /* where registers are as they were */
    if (p->kind == PLACE_STACK || p->kind == PLACE_REGISTER)
        return false;
    for (size_t k = 0; k < CSAN_COUNT(plain); k++)
        if (is_saved_state(p->at - plain[k]))
            return true;
    return false;
}

static bool is_note(const struct census *c, const struct place *p)
{
    return p->kind == PLACE_STACK || p->kind == PLACE_REGISTER || p->kind == PLACE_THREAD ||
           p->at - c->alternate.lo < c->alternate.hi - c->alternate.lo || is_in_jmp_buf(p);
}

/* malloc's own variables point into what was freed: its lists, and where it split last. Of a static
 * program they are not told from the program's. */
static bool is_mallocs(const struct place *p, const struct share_item *i)
{
    return i->state == SHARE_GONE && p->kind == PLACE_GLOBAL && csan__block_real_usable &&
           p->module == csan__module_find_live((uintptr_t)csan__block_real_usable) &&
           p->module != csan__module_find_live((uintptr_t)is_mallocs);
}

static bool found(const struct pointer *p, void *arg)
{
    struct census *c = arg;
    if (is_excused(c, p->place.at) || is_mallocs(&p->place, c->targets[p->range].item))
        return true;
    struct hit *h = csan__arena_scratch_alloc(c->out->scratch, sizeof *h);
    if (!h) {
        c->failed = true;
        return false;
    }
    h->item = c->targets[p->range].item;
    h->place = p->place;
    h->is_note = is_note(c, &p->place);
    h->next = c->hits[p->range];
    c->hits[p->range] = h;
    return true;
}

/* ---- what is the pool's own */

static bool is_buffer_of(uintptr_t word, const struct share_owner *o)
{
    const struct share_item *i = csan__share_at(csan__colour_home(word), SHARE_OF_POOL);
    return i && i->owner == o;
}

/* From one to the other there are nothing but pointers to the pool's buffers: an array of them, of
 * which a part is stale. */
static bool is_one_array(uintptr_t a, uintptr_t b, const struct share_owner *o)
{
    uintptr_t lo = a < b ? a : b, hi = a < b ? b : a, word;
    if (hi - lo > ARRAY_MAX || hi - lo < 2 * sizeof word)
        return false;
    for (uintptr_t at = lo; at <= hi; at += sizeof word)
        if (csan__os_read_memory(&word, (const void *)at, sizeof word) != sizeof word ||
            !is_buffer_of(word, o))
            return false;
    return true;
}

/* All of them when there is one that is not the pool's own: nobody knows which. */
static struct hit *not_the_pools(struct hit *hits, const struct share_item *i)
{
    uint32_t others = 0;
    const struct hit *own = NULL;
    for (const struct hit *h = hits; h; h = h->next) {
        if (h->is_note)
            continue;
        if (!own)
            own = h;
        else
            others += !is_one_array(own->place.at, h->place.at, i->owner);
    }
    return others ? hits : NULL;
}

/* ---- findings */

static uint32_t borrower_of(const struct share_item *i)
{
    bool lent = i->owner && i->owner->is_pool;
    return lent || !i->shared_stack ? i->began_stack : i->shared_stack;
}

static struct escape *escape_of(struct census *c, struct share_item *i, bool is_note)
{
    for (struct escape *e = c->escapes; e; e = e->next)
        if (e->is_note == is_note && borrower_of(e->item) == borrower_of(i) &&
            e->item->owner == i->owner && e->item->ended_stack == i->ended_stack)
            return e;
    struct escape *e = csan__arena_scratch_alloc(c->out->scratch, sizeof *e);
    if (!e)
        return NULL;
    *e = (struct escape){.next = c->escapes, .item = i, .is_note = is_note};
    return c->escapes = e;
}

static void take_hits(struct census *c, size_t k)
{
    struct share_item *i = c->targets[k].item;
    struct hit *h = c->hits[k], *next;
    if (i->owner && i->owner->is_pool && i->state == SHARE_SPARE)
        h = not_the_pools(h, i);
    for (; h; h = next) {
        struct escape *e = escape_of(c, i, h->is_note);
        next = h->next;
        if (!e) {
            c->failed = true;
            return;
        }
        h->next = e->hits;
        e->hits = h;
        e->count++;
    }
}

static bool is_given_back(const struct share_item *i)
{
    return i->owner && i->owner->is_pool;
}

/* `a pointer into a buffer of cache "rows" that was evicted is still stored` */
static const char *say(const struct escape *e, struct arena *scratch)
{
    char room[192];
    struct text t = TEXT(room);
    csan__text_count(&t, e->count, "pointer");
    csan__text_str(&t, " into a buffer of ");
    csan__fault_owner(&t, e->item->owner);
    csan__text_str(&t, is_given_back(e->item) ? " that was given back" : " that was evicted");
    csan__text_str(&t, e->count == 1 ? " is still stored" : " are still stored");
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static const char *describe(const struct escape *e, struct arena *scratch)
{
    char room[128];
    struct text t = TEXT(room);
    const struct share_item *i = e->hits->item;
    uintptr_t off = e->hits->place.value - i->lo;
    csan__text_str(&t, "buffer of ");
    csan__text_bytes(&t, i->bytes);
    if (off)
        csan__text_format(&t, ", offset %lu", (unsigned long)off);
    if (i->state == SHARE_SPARE)
        csan__text_str(&t, "; one of the places may be the pool's own");
    else if (i->state == SHARE_GONE)
        csan__text_str(&t, ", freed by now");
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static struct place *list_places(const struct escape *e, struct arena *scratch)
{
    struct place *places = csan__arena_scratch_alloc(scratch, PLACES * sizeof *places);
    uint32_t n = 0;
    for (const struct hit *h = e->hits; h && places && n < PLACES; h = h->next)
        places[n++] = h->place;
    return places;
}

static void add_traces(const struct escape *e, struct finding *f, struct arena *scratch)
{
    for (const struct share_trace *t = e->item->traces; t; t = t->next) {
        char room[80];
        struct text label = TEXT(room);
        csan__text_format(&label, "touched \"%s\"", t->hint);
        csan__lock_party(scratch, f, room, t->stack);
    }
}

static int add(const struct escape *e, struct findings *out)
{
    struct arena *scratch = out->scratch;
    struct finding *f = csan__findings_add(out, FINDING_ESCAPE);
    if (!f || !(f->what = say(e, scratch)) || !(f->places = list_places(e, scratch)))
        return -ENOMEM;
    f->nplaces = e->count < PLACES ? e->count : PLACES;
    f->source = (void *)e;
    f->stack = borrower_of(e->item);
    f->amount = f->count = e->count;
    f->option = e->is_note ? NULL : "max_escapes";
    f->note = describe(e, scratch);
    f->is_note = e->is_note;
    bool back = is_given_back(e->item);
    if (e->item->ended_stack)
        csan__lock_party(scratch, f, back ? "given back" : "evicted", e->item->ended_stack);
    if (!back && e->item->began_stack != f->stack)
        csan__lock_party(scratch, f, "published", e->item->began_stack);
    add_traces(e, f, scratch);
    return 0;
}

static struct range alternate_stack(void)
{
    stack_t ss = {.ss_flags = SS_DISABLE};
    csan__os_syscall(SYS_sigaltstack, 0, (long)&ss, 0, 0, 0, 0);
    if (ss.ss_flags & SS_DISABLE)
        return (struct range){0, 0};
    return (struct range){(uintptr_t)ss.ss_sp, (uintptr_t)ss.ss_sp + ss.ss_size};
}

int csan__share_census(uint32_t since, const struct world *w, struct findings *out)
{
    struct census c = {.out = out, .alternate = alternate_stack()};
    int failed = w ? gather(&c, since, w) : 0;
    if (failed || !c.n)
        return failed;
    failed = csan__pointers_find(w, c.ranges, c.n, found, &c);
    for (size_t k = 0; k < c.n && !failed; k++)
        take_hits(&c, k);
    for (const struct escape *e = c.escapes; e && !failed && !c.failed; e = e->next)
        failed = add(e, out);
    return c.failed ? -ENOMEM : failed;
}

void csan__share_census_reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next) {
        bool is_census = one->kind == FINDING_ESCAPE && one->nplaces; /* or an access: a fault */
        const struct escape *e = is_census ? one->source : NULL;
        for (const struct hit *h = e ? e->hits : NULL; h; h = h->next) {
            bool locked = csan__share_hold_any(h->item);
            h->item->escaped = true;
            csan__share_let_go(h->item, locked);
        }
    }
}
