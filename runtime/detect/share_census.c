#include "detect/share_census.h"
#include "base/os.h"
#include "base/sort.h"
#include "detect/jmp_buf.h"
#include "detect/memory.h"
#include "detect/pointers.h"
#include "detect/share_escape.h"
#include "record/block.h"
#include "record/block_map.h"
#include "record/chunk.h"
#include "record/colour.h"
#include "record/large.h"
#include "record/ranges.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#define ARRAY_MAX ((uintptr_t)64 << 10) /* of a pool's own, in bytes */

/* A pointer into a spare buffer: one of them may be the pool's own. */
struct hit {
    struct hit *next;
    struct place place;
    bool is_note;
};

/* No block begins in (from, next), and at next one does, if it is_block; of what lies there
 * [from, covered) is a live block's. */
struct gap {
    uintptr_t from, next, covered;
    bool is_block;
};
#define GAP ((uintptr_t)1 << 20) /* is looked ahead */

struct census {
    struct range *targets; /* ascending, disjoint; NULL: nothing was met */
    uint32_t *items;       /* whose they are */
    size_t n;
    struct range *excused; /* what is stored there is no escape; ascending, disjoint */
    size_t nexcused, near; /* near: how many of them begin at or below what was asked for last */
    uint8_t *seen;         /* of each target */
    struct hit **hits;     /* of each target; NULL: no spare buffer is pointed to */
    struct escapes *escapes;
    uint32_t since;
    const struct world *world;
    struct findings *out;
    struct gap gap;
    struct range alternate; /* the judge's signal stack */
    bool failed;
};
enum { HIT = 1, NOTED = 2, ASKED = 4, USED_AGAIN = 8 };

/* ---- what is sought */

static uintptr_t end_of(struct range t)
{
    return t.hi > t.lo ? t.hi : t.lo + 1;
}

static struct share_item *item_of(const struct census *c, size_t target)
{
    return csan__share_item(c->items[target]);
}

static bool is_sought(const struct census *c, const struct share_item *i)
{
    bool may_dangle = i->heap || (!i->auto_end && !i->on_stack); /* an array of entries stays */
    return i->state & SHARE_AWAY && i->epoch >= c->since && !i->escaped && !i->live && may_dangle;
}

/* What is in a buffer that is gone itself is gone with it; some pointers are meant to stay. */
static bool excuses(const struct share_item *i)
{
    return i->state & (SHARE_ENDED | SHARE_EXPECTED);
}

/* Room for all there are is mapped, and touched where it is used. */
static int make_room(struct census *c)
{
    struct arena *scratch = c->out->scratch;
    size_t most = csan__share_end();
    c->items = csan__arena_scratch_alloc(scratch, most * sizeof *c->items);
    c->excused = csan__arena_scratch_alloc(scratch, most * sizeof *c->excused);
    c->seen = csan__arena_scratch_alloc(scratch, most * sizeof *c->seen);
    c->targets = csan__arena_scratch_alloc(scratch, most * sizeof *c->targets);
    return c->targets && c->items && c->excused && c->seen ? 0 : -ENOMEM;
}

int csan__share_census_take(struct census *c, const struct share_item *i)
{
    int failed = c->targets ? 0 : make_room(c);
    if (failed)
        return failed;
    if (excuses(i))
        c->excused[c->nexcused++] = (struct range){i->lo, i->lo + i->bytes};
    if (is_sought(c, i)) {
        c->targets[c->n] = (struct range){i->lo, i->lo + i->bytes};
        c->items[c->n++] = i->id;
    }
    return 0;
}

/* Where the live block that addr is in ends; addr, when it is in none. */
static uintptr_t covered_to(uintptr_t addr)
{
    size_t asked;
    uintptr_t start = csan__block_below(addr);
    if (start && csan__memory_asked(start, &asked) && addr < start + (asked ? asked : 1))
        return start + (asked ? asked : 1);
    start = csan__large_frozen_find(addr);
    return start && csan__memory_asked(start, &asked) ? start + asked : addr;
}

/* Its address may be another's by now. Account frozen. Items come in ascending order, most of the
 * time, and a gap is asked for once. */
static bool is_used_again(struct census *c, const struct share_item *i)
{
    struct gap *g = &c->gap;
    uintptr_t end = i->lo + i->bytes;
    if (i->state != SHARE_GONE)
        return false;
    if (csan__colour_holds(i->lo))
        return !csan__colour_span(i->lo)->freed_stack;
    if (i->lo < g->from || i->lo >= g->next || (end > g->next && !g->is_block)) {
        uintptr_t to = end > i->lo + GAP ? end : i->lo + GAP, next = csan__block_above(i->lo, to);
        *g = (struct gap){i->lo, next ? next : to, covered_to(i->lo), next != 0};
    }
    return i->lo < g->covered || g->next < end;
}

/* ---- in ascending order, disjoint */

struct target {
    struct range at;
    uint32_t item;
};

static int sort_targets(struct census *c)
{
    if (csan__ranges_ascend(c->targets, c->n))
        return 0;
    struct arena *scratch = c->out->scratch;
    struct target *all = csan__arena_scratch_alloc(scratch, c->n * sizeof *all);
    struct target *room = csan__arena_scratch_alloc(scratch, c->n * sizeof *room);
    if (!all || !room)
        return -ENOMEM;
    for (size_t k = 0; k < c->n; k++)
        all[k] = (struct target){c->targets[k], c->items[k]};
    const struct target *sorted = csan__sort_by_number(all, room, c->n, sizeof *all);
    for (size_t k = 0; k < c->n; k++) {
        c->targets[k] = sorted[k].at;
        c->items[k] = sorted[k].item;
    }
    return 0;
}

static int sort_excused(struct census *c)
{
    if (!csan__ranges_ascend(c->excused, c->nexcused)) {
        struct range *room = csan__arena_scratch_alloc(c->out->scratch, c->nexcused * sizeof *room);
        if (!room)
            return -ENOMEM;
        c->excused = csan__sort_by_number(c->excused, room, c->nexcused, sizeof *room);
    }
    c->nexcused = csan__ranges_merge(c->excused, c->nexcused);
    return 0;
}

/* Does it share an address with what is before it, which ends at `end`, or with the next? */
static bool overlaps(const struct census *c, size_t k, uintptr_t end)
{
    struct range t = c->targets[k];
    return t.lo < end || (k + 1 < c->n && c->targets[k + 1].lo < end_of(t));
}

/* Where two overlap, one may have been freed and its address be the other's by now. */
static int drop_used_again(struct census *c)
{
    size_t kept = 0;
    uintptr_t end = 0;
    bool is_frozen = false;
    for (size_t k = 0; k < c->n; k++) {
        struct range t = c->targets[k];
        bool drop = false;
        if (overlaps(c, k, end)) {
            int failed = is_frozen ? 0 : csan__block_freeze(c->world);
            if (failed)
                return failed;
            is_frozen = true;
            drop = is_used_again(c, item_of(c, k));
        }
        if (!drop) {
            c->targets[kept] = t;
            c->items[kept++] = c->items[k];
        }
        end = end_of(t) > end ? end_of(t) : end;
    }
    if (is_frozen)
        csan__block_thaw();
    c->n = kept;
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

static bool any_overlaps(const struct census *c)
{
    for (size_t k = 1; k < c->n; k++)
        if (c->targets[k].lo < end_of(c->targets[k - 1]))
            return true;
    return false;
}

static int arrange(struct census *c)
{
    int failed = sort_excused(c);
    if (!failed)
        failed = sort_targets(c);
    if (failed || !any_overlaps(c))
        return failed;
    failed = drop_used_again(c);
    if (!failed)
        part(c);
    return failed;
}

/* ---- what is found */

static bool is_note(const struct census *c, const struct place *p)
{
    return p->kind == PLACE_STACK || p->kind == PLACE_REGISTER || p->kind == PLACE_THREAD ||
           p->at - c->alternate.lo < c->alternate.hi - c->alternate.lo || csan__jmp_buf_holds(p);
}

/* Words come in ascending order, most of the time. */
static bool is_excused(struct census *c, uintptr_t at)
{
    const struct range *e = c->excused;
    if (!(c->near && e[c->near - 1].lo <= at && (c->near == c->nexcused || at < e[c->near].lo)))
        c->near = csan__ranges_below(e, c->nexcused, at);
    return c->near && at < e[c->near - 1].hi;
}

/* Account frozen. */
static bool count(struct census *c, size_t target, const struct place *p, bool is_note)
{
    c->failed = !csan__escapes_add(c->escapes, item_of(c, target), p, is_note);
    c->seen[target] |= is_note ? NOTED : HIT;
    return !c->failed;
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

/* Account frozen. */
static bool is_still_gone(struct census *c, size_t target, const struct share_item *i)
{
    uint8_t *seen = &c->seen[target];
    if (!(*seen & ASKED))
        *seen |= is_used_again(c, i) ? ASKED | USED_AGAIN : ASKED;
    return !(*seen & USED_AGAIN);
}

static bool found(const struct pointer *p, void *arg)
{
    struct census *c = arg;
    struct share_item *i = item_of(c, p->range);
    if (is_excused(c, p->place.at) || !is_still_gone(c, p->range, i) || is_mallocs(c, p->place, i))
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

/* ---- the pass */

static struct range alternate_stack(void)
{
    stack_t ss = {.ss_flags = SS_DISABLE};
    csan__os_syscall(SYS_sigaltstack, 0, (long)&ss, 0, 0, 0, 0);
    if (ss.ss_flags & SS_DISABLE)
        return (struct range){0, 0};
    return (struct range){(uintptr_t)ss.ss_sp, (uintptr_t)ss.ss_sp + ss.ss_size};
}

struct census *csan__share_census_open(uint32_t since, const struct world *w, struct findings *out)
{
    struct census *c = csan__arena_scratch_alloc(out->scratch, sizeof *c);
    if (!c)
        return NULL;
    *c = (struct census){.since = since, .world = w, .out = out, .alternate = alternate_stack()};
    c->escapes = csan__escapes_open(c, w, out);
    return c->escapes ? c : NULL;
}

int csan__share_census(struct census *c)
{
    int failed = c->n ? arrange(c) : 0;
    if (!failed)
        failed = csan__pointers_find(c->world, c->targets, c->n, found, c);
    if (!failed)
        failed = take_spare(c);
    if (!failed && !c->failed)
        failed = csan__escapes_tell(c->escapes);
    return c->failed ? -ENOMEM : failed;
}

static bool is_shown(struct census *c, size_t target)
{
    const struct share_item *i = item_of(c, target);
    return i && ((c->seen[target] & HIT && csan__escapes_has_shown(c->escapes, i, false)) ||
                 (c->seen[target] & NOTED && csan__escapes_has_shown(c->escapes, i, true)));
}

void csan__share_census_reported(const struct findings *f)
{
    struct census *c = csan__escapes_reported(f);
    for (size_t k = 0; c && k < c->n; k++) {
        if (!(c->seen[k] & (HIT | NOTED)) || !is_shown(c, k))
            continue;
        struct share_item *i = item_of(c, k);
        bool locked = csan__share_hold_any(i);
        i->escaped = true;
        csan__share_let_go(i, locked);
    }
}
