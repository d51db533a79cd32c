#include "detect/share_census.h"
#include "base/os.h"
#include "base/sort.h"
#include "base/text.h"
#include "detect/lock_name.h"
#include "detect/memory.h"
#include "detect/pointers.h"
#include "detect/share_fault.h"
#include "record/block.h"
#include "record/block_map.h"
#include "record/chunk.h"
#include "record/colour.h"
#include "record/large.h"
#include "record/ranges.h"
#include "record/readable.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#define GONE (SHARE_ENDED | SHARE_SPARE | SHARE_GONE)
#define PLACES 16u                      /* of one finding that are listed */
#define ARRAY_MAX ((uintptr_t)64 << 10) /* of a pool's own, in bytes */

/* Hits of one borrower and one kind of end are one finding. */
struct escape {
    struct escape *next; /* of its bucket */
    struct escape *made_before;
    struct census *census;
    struct share_item *item; /* the first */
    struct place *places;    /* the first PLACES */
    uint32_t count;
    bool is_note, is_reported;
};

/* A pointer into a spare buffer: one of them may be the pool's own. */
struct hit {
    struct hit *next;
    struct place place;
    bool is_note;
};

#define BUCKETS 1024u

struct census {
    struct range *targets; /* ascending, disjoint */
    uint32_t *items;       /* whose they are */
    size_t n;
    struct range *excused; /* what is stored there is no escape; ascending, disjoint */
    size_t nexcused, near; /* near: how many of them begin at or below what was asked for last */
    uint8_t *seen;         /* of each target: HIT, NOTED */
    struct hit **hits;     /* of each target; NULL: no spare buffer is pointed to */
    struct escape *buckets[BUCKETS], *newest, *last;
    const struct world *world;
    struct findings *out;
    struct range alternate; /* the judge's signal stack */
    bool is_frozen, failed;
};
enum { HIT = 1, NOTED = 2 };

/* ---- what is sought */

/* No block begins in (from, next); of what lies there [from, covered) is a live block's. */
struct gap {
    uintptr_t from, next, covered;
};

/* Where the live block that lo is in ends; lo, when it is in none. */
static uintptr_t covered_to(uintptr_t lo)
{
    size_t asked;
    uintptr_t start = csan__block_below(lo);
    if (start && csan__memory_asked(start, &asked) && lo < start + (asked ? asked : 1))
        return start + (asked ? asked : 1);
    start = csan__large_frozen_find(lo);
    return start && csan__memory_asked(start, &asked) ? start + asked : lo;
}

/* Its address may be another block's by now. Account frozen. Items come in ascending order, most of
 * the time, and a gap is asked for once. */
static bool is_used_again(const struct share_item *i, struct gap *g)
{
    if (i->state != SHARE_GONE)
        return false;
    if (csan__colour_holds(i->lo))
        return !csan__colour_span(i->lo)->freed_stack;
    if (i->lo < g->from || i->lo >= g->next) {
        uintptr_t next = csan__block_above(i->lo, MAP_TOP << MAP_REGION_BITS);
        *g = (struct gap){i->lo, next ? next : UINTPTR_MAX, covered_to(i->lo)};
    }
    return i->lo < g->covered || g->next < i->lo + i->bytes;
}

static bool is_sought(const struct share_item *i, uint32_t since, struct gap *g)
{
    bool may_dangle = i->heap || (!i->auto_end && !i->on_stack); /* an array of entries stays */
    return i->state & GONE && i->epoch >= since && !i->escaped && !i->live && may_dangle &&
           !is_used_again(i, g);
}

/* ---- in ascending order */

struct target {
    struct range at;
    uint32_t item;
};

static int compare(const void *a, const void *b)
{
    const struct range *x = &((const struct target *)a)->at, *y = &((const struct target *)b)->at;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    return (x->hi < y->hi) - (x->hi > y->hi);
}

static bool ascends(const struct census *c)
{
    for (size_t k = 1; k < c->n; k++) {
        struct range a = c->targets[k - 1], b = c->targets[k];
        if (a.lo > b.lo || (a.lo == b.lo && a.hi < b.hi))
            return false;
    }
    return true;
}

static int sort(struct census *c)
{
    if (ascends(c))
        return 0;
    struct target *all = csan__arena_scratch_alloc(c->out->scratch, c->n * sizeof *all);
    if (!all)
        return -ENOMEM;
    for (size_t k = 0; k < c->n; k++)
        all[k] = (struct target){c->targets[k], c->items[k]};
    csan__sort(all, c->n, sizeof *all, compare);
    for (size_t k = 0; k < c->n; k++) {
        c->targets[k] = all[k].at;
        c->items[k] = all[k].item;
    }
    return 0;
}

/* Of two that overlap the first keeps what both have. */
static void part(struct census *c)
{
    size_t kept = 0;
    uintptr_t end = 0;
    for (size_t k = 0; k < c->n; k++) {
        struct range t = c->targets[k];
        if (kept && t.lo < end)
            t.lo = end;
        if (kept && t.hi <= t.lo && t.hi <= end)
            continue;
        c->targets[kept] = t;
        c->items[kept++] = c->items[k];
        end = t.hi > t.lo ? t.hi : t.lo + 1;
    }
    c->n = kept;
}

/* What is in a buffer that is gone itself is gone with it; some pointers are meant to stay. */
static bool excuses(const struct share_item *i)
{
    return i && i->state & (SHARE_ENDED | SHARE_EXPECTED);
}

/* Words come in ascending order, most of the time. */
static bool is_excused(struct census *c, uintptr_t at)
{
    const struct range *e = c->excused;
    if (!(c->near && e[c->near - 1].lo <= at && (c->near == c->nexcused || at < e[c->near].lo)))
        c->near = csan__ranges_below(e, c->nexcused, at);
    return c->near && at < e[c->near - 1].hi;
}

/* The first that is gone is met: room for all there are is mapped, and touched where it is used.
 * The account is frozen from here on. */
static int begin(struct census *c)
{
    struct arena *scratch = c->out->scratch;
    size_t most = csan__share_end();
    c->targets = csan__arena_scratch_alloc(scratch, most * sizeof *c->targets);
    c->items = csan__arena_scratch_alloc(scratch, most * sizeof *c->items);
    c->excused = csan__arena_scratch_alloc(scratch, most * sizeof *c->excused);
    c->seen = csan__arena_scratch_alloc(scratch, most * sizeof *c->seen);
    if (!c->targets || !c->items || !c->excused || !c->seen)
        return -ENOMEM;
    int failed = csan__block_freeze(c->world);
    c->is_frozen = !failed;
    return failed;
}

static int gather_all(struct census *c, uint32_t since)
{
    struct gap gap = {0, 0, 0};
    bool excused_ascend = true;
    int failed;
    for (uint32_t id = 1; id < csan__share_end(); id++) {
        const struct share_item *i = csan__share_item(id);
        if (!i || !(i->state & (GONE | SHARE_EXPECTED)))
            continue;
        if (!c->is_frozen && (failed = begin(c)) != 0)
            return failed;
        if (excuses(i)) {
            size_t n = c->nexcused++;
            c->excused[n] = (struct range){i->lo, i->lo + i->bytes};
            excused_ascend = excused_ascend && (!n || c->excused[n - 1].lo <= i->lo);
        }
        if (is_sought(i, since, &gap)) {
            c->targets[c->n] = (struct range){i->lo, i->lo + i->bytes};
            c->items[c->n++] = id;
        }
    }
    if (c->n && !excused_ascend)
        csan__ranges_sort(c->excused, c->nexcused);
    c->nexcused = csan__ranges_merge(c->excused, c->nexcused);
    return 0;
}

static int gather(struct census *c, uint32_t since)
{
    int failed = gather_all(c, since);
    if (c->is_frozen)
        csan__block_thaw();
    if (!failed)
        failed = sort(c);
    if (!failed)
        part(c);
    return failed;
}

/* ---- what is found */

/* glibc's setjmp, x86-64: rbx, rbp, r12 to r15, rsp and the pc, of which rbp and the last two are
 * rotated and mixed with a secret of the thread's. */
#define SAVED_SP ((size_t)48) /* and the pc behind it */

static bool is_saved_state(const uintptr_t sp_pc[2])
{
    uintptr_t secret, here;
    __asm__("movq %%fs:0x30, %0" : "=r"(secret));
    uintptr_t sp = (sp_pc[0] >> 17 | sp_pc[0] << 47) ^ secret;
    uintptr_t pc = (sp_pc[1] >> 17 | sp_pc[1] << 47) ^ secret;
    if (sp % 8 || (sp | pc) >> 47)
        return false; /* hardly any words get further */
    return csan__module_find_live(pc) &&
           csan__os_read_memory(&here, (const void *)sp, sizeof here) != 0;
}

static bool is_in_jmp_buf(const struct place *p)
{
    static const uintptr_t plain[] = {0, 16, 24, 32, 40}; /* where registers are as they were */
    uintptr_t behind[7], pair[2];                         /* the words behind it */
    if (p->kind == PLACE_STACK || p->kind == PLACE_REGISTER)
        return false;
    bool whole = csan__readable_has(p->at, p->at + 8 + sizeof behind);
    if (whole)
        memcpy(behind, (const void *)(p->at + 8), sizeof behind);
    for (size_t k = 0; k < CSAN_COUNT(plain); k++) {
        uintptr_t from = SAVED_SP - plain[k];
        if (whole)
            memcpy(pair, &behind[from / 8 - 1], sizeof pair);
        else if (csan__os_read_memory(pair, (const void *)(p->at + from), sizeof pair) !=
                 sizeof pair)
            continue;
        if (is_saved_state(pair))
            return true;
    }
    return false;
}

static bool is_note(const struct census *c, const struct place *p)
{
    return p->kind == PLACE_STACK || p->kind == PLACE_REGISTER || p->kind == PLACE_THREAD ||
           p->at - c->alternate.lo < c->alternate.hi - c->alternate.lo || is_in_jmp_buf(p);
}

/* Hits of one borrower and one kind of end are one finding. */
static uint32_t borrower_of(const struct share_item *i)
{
    bool lent = i->owner && i->owner->is_pool;
    return lent || !i->shared_stack ? i->began_stack : i->shared_stack;
}

static bool is_of(const struct escape *e, const struct share_item *i, bool is_note)
{
    return e->is_note == is_note && borrower_of(e->item) == borrower_of(i) &&
           e->item->owner == i->owner && e->item->ended_stack == i->ended_stack;
}

static struct escape **bucket_of(struct census *c, const struct share_item *i)
{
    uint64_t key = (uint64_t)borrower_of(i) << 32 ^ i->ended_stack;
    return &c->buckets[(key * 0x9e3779b97f4a7c15u) >> 54];
}

/* NULL: there is none yet. */
static struct escape *known_escape(struct census *c, const struct share_item *i, bool is_note)
{
    if (c->last && is_of(c->last, i, is_note))
        return c->last;
    struct escape *e = *bucket_of(c, i);
    while (e && !is_of(e, i, is_note))
        e = e->next;
    return c->last = e;
}

static struct escape *escape_of(struct census *c, struct share_item *i, bool is_note)
{
    struct escape *e = known_escape(c, i, is_note), **bucket = bucket_of(c, i);
    if (e || !(e = csan__arena_scratch_alloc(c->out->scratch, sizeof *e)))
        return e;
    *e = (struct escape){.next = *bucket, .made_before = c->newest, .census = c};
    e->item = i;
    e->is_note = is_note;
    e->places = csan__arena_scratch_alloc(c->out->scratch, PLACES * sizeof *e->places);
    return e->places ? c->newest = *bucket = e : NULL;
}

static struct share_item *item_of(const struct census *c, size_t target)
{
    return csan__share_item(c->items[target]);
}

/* One more of its kind. Account frozen. */
static bool count(struct census *c, size_t target, const struct place *p, bool is_note)
{
    struct escape *e = escape_of(c, item_of(c, target), is_note);
    if (!e) {
        c->failed = true;
        return false;
    }
    c->seen[target] |= is_note ? NOTED : HIT;
    if (e->count < PLACES) {
        e->places[e->count] = *p;
        csan__pointers_describe(c->world, &e->places[e->count]);
    }
    e->count++;
    return true;
}

/* Until all are known. */
static bool keep(struct census *c, size_t target, const struct place *p, bool is_note)
{
    struct arena *scratch = c->out->scratch;
    if (!c->hits)
        c->hits = csan__arena_scratch_alloc(scratch, c->n * sizeof *c->hits);
    struct hit *h = c->hits ? csan__arena_scratch_alloc(scratch, sizeof *h) : NULL;
    if (!h) {
        c->failed = true;
        return false;
    }
    *h = (struct hit){c->hits[target], *p, is_note};
    c->hits[target] = h;
    return true;
}

/* malloc's own variables point into what was freed: its lists; and to where it split last, which
 * may be within a live block by now. Where they are not known, libc's are taken for them, if the
 * program has a libc of its own module. */
static bool is_mallocs(const struct census *c, struct place p, const struct share_item *i)
{
    if (csan__chunk_is_mallocs(p.at))
        return true;
    if (i->state != SHARE_GONE || p.kind == PLACE_HEAP || !csan__block_real_usable)
        return false;
    csan__pointers_describe(c->world, &p);
    return p.kind == PLACE_GLOBAL &&
           p.module == csan__module_find_live((uintptr_t)csan__block_real_usable) &&
           p.module != csan__module_find_live((uintptr_t)is_mallocs);
}

static bool found(const struct pointer *p, void *arg)
{
    struct census *c = arg;
    const struct share_item *i = item_of(c, p->range);
    if (is_excused(c, p->place.at) || is_mallocs(c, p->place, i))
        return true;
    bool note = is_note(c, &p->place), is_spare = i->state == SHARE_SPARE;
    return (is_spare ? keep : count)(c, p->range, &p->place, note);
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
static bool are_the_pools(const struct hit *hits, const struct share_item *i)
{
    const struct hit *own = NULL;
    for (const struct hit *h = hits; h; h = h->next) {
        if (h->is_note)
            continue;
        if (!own)
            own = h;
        else if (!is_one_array(own->place.at, h->place.at, i->owner))
            return false;
    }
    return true;
}

static struct hit *reversed(struct hit *h)
{
    struct hit *to = NULL;
    for (struct hit *next; h; h = next) {
        next = h->next;
        h->next = to;
        to = h;
    }
    return to;
}

static int take_spare(struct census *c)
{
    int failed = c->hits ? csan__block_freeze(c->world) : 0;
    if (!c->hits || failed)
        return failed;
    for (size_t k = 0; k < c->n && !c->failed; k++) {
        if (are_the_pools(c->hits[k], item_of(c, k)))
            continue;
        for (const struct hit *h = reversed(c->hits[k]); h && !c->failed; h = h->next)
            count(c, k, &h->place, h->is_note);
    }
    csan__block_thaw();
    return 0;
}

/* ---- findings */

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
    const struct share_item *i = e->item;
    uintptr_t off = e->places[0].value - i->lo;
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
    if (!f || !(f->what = say(e, scratch)))
        return -ENOMEM;
    f->places = e->places;
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

static int look(struct census *c)
{
    int failed = csan__pointers_find(c->world, c->targets, c->n, found, c);
    if (!failed)
        failed = take_spare(c);
    for (const struct escape *e = c->newest; e && !failed && !c->failed; e = e->made_before)
        failed = add(e, c->out);
    return c->failed ? -ENOMEM : failed;
}

int csan__share_census(uint32_t since, const struct world *w, struct findings *out)
{
    if (!w || !csan__share_any)
        return 0;
    struct census *c = csan__arena_scratch_alloc(out->scratch, sizeof *c);
    if (!c)
        return -ENOMEM;
    *c = (struct census){.world = w, .out = out, .alternate = alternate_stack()};
    int failed = gather(c, since);
    return failed || !c->n ? failed : look(c);
}

static void mark_told(struct census *c, size_t target)
{
    struct share_item *i = item_of(c, target);
    const struct escape *hit = i && c->seen[target] & HIT ? known_escape(c, i, false) : NULL;
    const struct escape *noted = i && c->seen[target] & NOTED ? known_escape(c, i, true) : NULL;
    if (!(hit && hit->is_reported) && !(noted && noted->is_reported))
        return;
    bool locked = csan__share_hold_any(i);
    i->escaped = true;
    csan__share_let_go(i, locked);
}

void csan__share_census_reported(const struct findings *f)
{
    struct census *c = NULL;
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_ESCAPE && one->nplaces) { /* or an access: a fault */
            struct escape *e = one->source;
            e->is_reported = true;
            c = e->census;
        }
    for (size_t k = 0; c && k < c->n; k++)
        if (c->seen[k])
            mark_told(c, k);
}
