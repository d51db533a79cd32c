/* share: mutation, unreleased, pool; escape is share_census.c's.
 *
 * What was done wrong was noted when it was done (share_fault.c). At a verdict what is still shared
 * is summed once more, and what was not given back by now is gathered by place. */
#include "base/arena.h"
#include "base/options.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/lock_name.h"
#include "detect/share_census.h"
#include "detect/share_fault.h"
#include "detect/share_precise.h"
#include "detect/share_private.h"
#include "record/block.h"

#include <errno.h>

#define GROUPS 1024u

/* Shares or loans of one owner from one place that are not back. */
struct group {
    struct group *next;
    const struct share_owner *owner;
    uint32_t stack;
    int tid; /* 0: of several threads */
    bool is_loan;
    uint64_t count;
    uint32_t freed_stack; /* of one whose buffer was freed; 0: none was */
};

struct gathering {
    struct group *buckets[GROUPS];
    struct findings *out;
    struct census *census; /* NULL: there is none */
    uint32_t since;
    bool failed;
};

static uint32_t last_since; /* of the verdict that is being given: LOCK_SESSION */

static void gather(struct gathering *g, const struct share_item *i, uint32_t stack, int tid,
                   uint32_t count)
{
    bool is_loan = i->state == SHARE_LENT;
    struct group **bucket = &g->buckets[(stack * 0x9e3779b1u >> 8) % GROUPS], *one = *bucket;
    while (one && (one->stack != stack || one->owner != i->owner || one->is_loan != is_loan))
        one = one->next;
    if (!one) {
        one = csan__arena_scratch_alloc(g->out->scratch, sizeof *one);
        if (!one) {
            g->failed = true;
            return;
        }
        *one = (struct group){*bucket, i->owner, stack, tid, is_loan, 0, 0};
        *bucket = one;
    }
    one->tid = one->tid == tid ? tid : 0;
    one->count += count;
    if (i->state == SHARE_GONE)
        one->freed_stack = i->freed_stack;
}

static void gather_item(struct gathering *g, struct share_item *i)
{
    if (i->state == SHARE_LENT && i->epoch >= g->since && !i->told)
        gather(g, i, i->began_stack, i->shared_tid, 1);
    if (i->state == SHARE_SPARE)
        csan__share_spare_now(i);
    csan__uthash_settle(i);
    if (!(i->state & (SHARE_OF_CACHE | SHARE_GONE)))
        return;
    if (i->state != SHARE_GONE)
        csan__share_verify_now(i);
    for (const struct share_borrow *b = csan__share_borrow(i, i->borrows); b && !i->auto_end;
         b = csan__share_borrow(i, b->next))
        if (b->epoch && b->epoch >= g->since && (i->state != SHARE_GONE || !i->told))
            gather(g, i, b->stack, b->tid, b->count);
}

/* `3 shares of cache "rows" were never released` */
static int add(const struct group *one, struct findings *out)
{
    char room[160], who[64];
    struct text t = TEXT(room), note = TEXT(who);
    csan__text_count(&t, one->count, one->is_loan ? "loan" : "share");
    csan__text_str(&t, " of ");
    csan__fault_owner(&t, one->owner);
    csan__text_str(&t, one->count == 1 ? " was" : " were");
    csan__text_str(&t, one->is_loan ? " never given back" : " never released");
    csan__text_format(&note, "by thread %d", one->tid);
    struct finding *f = csan__findings_add(out, FINDING_UNRELEASED);
    if (!f || !(f->what = csan__arena_scratch_copy(out->scratch, room, t.len)))
        return -ENOMEM;
    if (one->tid)
        f->note = csan__arena_scratch_copy(out->scratch, who, note.len);
    f->stack = one->stack;
    f->amount = f->count = one->count;
    f->option = "max_escapes";
    if (one->freed_stack)
        csan__lock_party(out->scratch, f, "freed", one->freed_stack);
    return 0;
}

static int judge_unreleased(struct gathering *g)
{
    for (uint32_t id = 1; id < csan__share_end() && !g->failed; id++) {
        struct share_item *i = csan__share_item(id);
        if (!i)
            continue;
        gather_item(g, i);
        if (g->census && csan__share_census_meet(g->census, i))
            g->failed = true;
    }
    for (size_t b = 0; b < GROUPS && !g->failed; b++)
        for (const struct group *one = g->buckets[b]; one && !g->failed; one = one->next)
            g->failed = add(one, g->out) != 0;
    return g->failed ? -ENOMEM : 0;
}

static int judge(uint32_t since, const struct world *world, struct findings *out)
{
    int grown = csan__share_growth(since, out);
    if (grown || csan__options.max_escapes == OPTION_OFF)
        return grown;
    if (csan__precise_has_stopped)
        return csan__fault_judge(since, out);
    last_since = since;
    struct gathering *g = csan__arena_scratch_alloc(out->scratch, sizeof *g);
    if (!g)
        return -ENOMEM;
    g->out = out;
    g->since = since;
    if (world && csan__share_any && !(g->census = csan__share_census_open(since, world, out)))
        return -ENOMEM;
    int failed = judge_unreleased(g);
    for (struct share_owner *o = csan__share_owners(); o; o = o->next)
        if (o->is_over)
            csan__share_over(o);
    if (!failed && g->census)
        failed = csan__share_census(g->census);
    return failed ? failed : csan__fault_judge(since, out);
}

/* One limit for all of them together. */
static void weigh(struct findings *f)
{
    uint64_t sum = 0;
    for (const struct finding *one = f->first; one; one = one->next)
        if (csan__text_equal(one->option, "max_escapes") && !one->is_note)
            sum += one->amount;
    if (sum > csan__options.max_escapes)
        return;
    for (int kind = FINDING_ESCAPE; kind <= FINDING_POOL; kind++)
        csan__findings_drop(f, (enum finding_kind)kind, "max_escapes");
}

static bool is_told(const struct findings *f, uint32_t stack)
{
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_UNRELEASED && !one->source && one->stack == stack)
            return true;
    return false;
}

static void mark_told(struct share_item *i, const struct findings *f)
{
    if (i->state == SHARE_LENT && i->epoch >= last_since && !i->told)
        i->told = is_told(f, i->began_stack);
    if (!(i->state & (SHARE_OF_CACHE | SHARE_GONE)))
        return;
    for (struct share_borrow *b = csan__share_borrow(i, i->borrows); b;
         b = csan__share_borrow(i, b->next))
        if (b->epoch && b->epoch >= last_since && is_told(f, b->stack))
            b->epoch = 0;
}

static void reported(const struct findings *f)
{
    csan__fault_reported(f);
    csan__share_census_reported(f);
    csan__share_growth_reported(f);
    bool any = false;
    for (const struct finding *one = f->first; one; one = one->next)
        any |= one->kind == FINDING_UNRELEASED && !one->source;
    for (uint32_t id = 1; any && id < csan__share_end(); id++) {
        struct share_item *i = csan__share_item(id);
        if (!i)
            continue;
        bool locked = csan__share_hold_any(i);
        mark_told(i, f);
        csan__share_let_go(i, locked);
    }
}

static void forked(void)
{
    csan__fault_forked();
}

const struct detector csan__detector_share = {
    .name = "share",
    .judge = judge,
    .weigh = weigh,
    .reported = reported,
    .forked = forked,
};
