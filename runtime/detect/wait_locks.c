/* The sites of a run, grouped:
 *
 *     sites, by lock ──▶ one sum a lock ──▶ nameless ones of one place together ──▶ the longest
 *
 * A lock in a module's data has a name (report/alias finds it), and so has one that csan_name was
 * told of. Of others, a thousand connections' locks say more as one, by where they are waited for
 * most. Only those that are shown get a histogram: it has 4 KiB. */
#include "detect/wait_locks.h"
#include "base/sort.h"
#include "base/text.h"
#include "detect/lock_name.h"
#include "detect/wait_site.h"
#include "record/module.h"
#include "record/name.h"

#include <errno.h>
#include <string.h>

/* One lock, or all of a place. */
struct lock_sum {
    uint64_t ns;
    struct wait_site **sites; /* of this lock: a part of the sorted array */
    uint32_t nsites;
    uint32_t place; /* of a nameless one: where it is waited for most; 0: it stands alone */
    uint64_t locks;
    const struct wait_site *most;
    struct lock_sum *next; /* of the same place */
};

/* What one stack waited, one way. */
struct site_sum {
    uint64_t ns;
    uint32_t stack;
    enum sync_kind kind;
    uint64_t waits;
};

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_lock(const void *one, const void *other)
{
    const struct wait_site *a = *(struct wait_site *const *)one;
    const struct wait_site *b = *(struct wait_site *const *)other;
    int by_object = order(a->object, b->object), by_life = order(a->life, b->life);
    return by_object ? by_object : by_life ? by_life : order(a->stack, b->stack);
}

static int by_place(const void *one, const void *other)
{
    const struct lock_sum *a = one, *b = other;
    return a->place != b->place ? order(a->place, b->place) : order(b->ns, a->ns);
}

_Static_assert(offsetof(struct lock_sum, ns) == 0 && offsetof(struct site_sum, ns) == 0,
               "by_ns reads it there");

/* Longest first: what has its ns at the beginning, as both sums have. */
static int by_ns(const void *one, const void *other)
{
    const uint64_t *a = one, *b = other;
    return order(*b, *a);
}

static int by_stack(const void *one, const void *other)
{
    const struct site_sum *a = one, *b = other;
    return a->stack != b->stack ? order(a->stack, b->stack) : order(a->kind, b->kind);
}

/* ------------------------------------------------------------------ sums */

static const char *name_of(const struct wait_site *s)
{
    return s->life ? s->name : csan__name_of(s->object);
}

static bool stands_alone(const struct wait_site *s)
{
    return s->object && (name_of(s) || (!s->life && csan__module_find_live(s->object)));
}

static bool is_same(const struct wait_site *a, const struct wait_site *b)
{
    return csan__wait_site_is_same_lock(a, b) && (a->object || a->stack == b->stack);
}

static struct lock_sum sum_up(struct wait_site **sites, uint32_t n)
{
    struct lock_sum sum = {.sites = sites, .nsites = n, .locks = 1, .most = sites[0]};
    for (uint32_t i = 0; i < n; i++) {
        sum.ns += sites[i]->waits.sum;
        if (sites[i]->waits.sum > sum.most->waits.sum)
            sum.most = sites[i];
    }
    sum.place = stands_alone(sum.most) ? 0 : sum.most->stack;
    return sum;
}

static uint32_t sum_all(struct wait_site **sites, uint32_t nsites, struct lock_sum *sums)
{
    uint32_t n = 0;
    csan__sort(sites, nsites, sizeof(struct wait_site *), by_lock);
    for (uint32_t i = 0, end; i < nsites; i = end) {
        for (end = i + 1; end < nsites && is_same(sites[i], sites[end]);)
            end++;
        sums[n++] = sum_up(sites + i, end - i);
    }
    return n;
}

/* The first of a place gets the others; `heads` has room for all. */
static uint32_t join_places(struct lock_sum *sums, uint32_t n, struct lock_sum *heads)
{
    uint32_t nheads = 0;
    csan__sort(sums, n, sizeof *sums, by_place);
    for (uint32_t i = 0, end; i < n; i = end) {
        struct lock_sum *head = &heads[nheads++];
        *head = sums[i];
        for (end = i + 1; end < n && sums[i].place && sums[end].place == sums[i].place; end++) {
            sums[end].next = head->next;
            head->next = &sums[end];
            head->ns += sums[end].ns;
            head->locks++;
        }
    }
    csan__sort(heads, nheads, sizeof *heads, by_ns);
    return nheads;
}

static bool is_of(const struct wait_site *s, uint32_t since)
{
    return s && s->call && s->waits.count &&
           (s->epoch == WAIT_EVERY_MARK ? !s->is_told : s->epoch >= since);
}

/* ------------------------------------------------------------------ what is told of one */

static uint32_t fold_sites(struct site_sum *all, uint32_t n)
{
    uint32_t kept = 0;
    csan__sort(all, n, sizeof *all, by_stack);
    for (uint32_t i = 0; i < n; i++)
        if (kept && by_stack(&all[i], &all[kept - 1]) == 0) {
            all[kept - 1].waits += all[i].waits;
            all[kept - 1].ns += all[i].ns;
        } else {
            all[kept++] = all[i];
        }
    csan__sort(all, kept, sizeof *all, by_ns);
    return kept;
}

static int tell_sites(const struct lock_sum *of, struct arena *scratch, struct lock_waits *to)
{
    struct finding *f = &to->finding;
    uint32_t n = 0, at = 0;
    for (const struct lock_sum *s = of; s; s = s->next)
        n += s->nsites;
    struct site_sum *all = csan__arena_scratch_alloc(scratch, n * sizeof *all);
    if (!all)
        return -ENOMEM;
    for (const struct lock_sum *s = of; s; s = s->next)
        for (uint32_t i = 0; i < s->nsites; i++) {
            const struct wait_site *w = s->sites[i];
            all[at++] = (struct site_sum){
                .ns = w->waits.sum, .stack = w->stack, .kind = w->kind, .waits = w->waits.count};
        }
    n = fold_sites(all, n);
    for (uint32_t i = 0; i < n && i < FINDING_PARTIES; i++) {
        to->sites[i].waits = all[i].waits;
        to->sites[i].ns = all[i].ns;
        f->parties[f->nparties++] = (struct finding_party){
            .stack = all[i].stack,
            .label = all[i].kind == SYNC_READ    ? "read"
                     : all[i].kind == SYNC_WRITE ? "write"
                                                 : "lock",
        };
    }
    f->stack = all[0].stack;
    return 0;
}

/* "mutex `row_cache.lock`", or "a mutex", of which the object is the name. */
static int tell_name(const struct lock_sum *of, struct arena *scratch, struct finding *f)
{
    char buf[160];
    struct text t = TEXT(buf);
    const struct wait_site *s = of->most;
    const char *name = s->object && !of->place ? name_of(s) : NULL;
    if (name)
        csan__lock_name_as(&t, s->kind, s->object, name);
    else
        csan__text_format(&t, "a %s", csan__lock_noun(s->kind));
    f->object = of->place || s->life ? 0 : s->object;
    f->what = csan__arena_scratch_copy(scratch, buf, t.len);
    return f->what ? 0 : -ENOMEM;
}

static int tell(const struct lock_sum *of, struct arena *scratch, struct lock_waits *to)
{
    const struct wait_site *most = of->most;
    struct histogram *h = csan__arena_scratch_alloc(scratch, sizeof *h);
    if (!h)
        return -ENOMEM;
    memset(h, 0, sizeof *h);
    for (const struct lock_sum *s = of; s; s = s->next)
        for (uint32_t i = 0; i < s->nsites; i++)
            csan__histogram_merge(h, &s->sites[i]->waits);
    *to = (struct lock_waits){
        .finding = {.kind = FINDING_WAIT, .amount = h->sum, .count = h->count}, .locks = of->locks};
    if (most->object && !most->life && of->locks == 1) {
        uint64_t taken = csan__sync_taken(most->object);
        to->acquisitions = taken & ~SYNC_TAKEN_SOME;
        to->at_least =
            taken & SYNC_TAKEN_SOME || most->kind == SYNC_READ || most->kind == SYNC_WRITE;
    }
    if (to->acquisitions < h->count)
        to->acquisitions = 0;
    int failed = tell_sites(of, scratch, to);
    failed = failed ? failed : tell_name(of, scratch, &to->finding);
    return failed ? failed : csan__histogram_tell(h, scratch, &to->finding);
}

int csan__wait_locks(uint32_t since, struct arena *scratch, struct lock_waits **out, uint32_t *n)
{
    struct wait_site *const *all;
    uint32_t nall = csan__wait_sites(&all), nsites = 0;
    for (uint32_t i = 0; i < nall; i++)
        nsites += is_of(all[i], since);
    *n = 0;
    if (!nsites)
        return 0;
    struct wait_site **sites = csan__arena_scratch_alloc(scratch, nsites * sizeof *sites);
    struct lock_sum *sums = csan__arena_scratch_alloc(scratch, nsites * sizeof *sums);
    struct lock_sum *heads = csan__arena_scratch_alloc(scratch, nsites * sizeof *heads);
    *out = csan__arena_scratch_alloc(scratch, LOCK_WAITS_MAX * sizeof **out);
    if (!sites || !sums || !heads || !*out)
        return -ENOMEM;
    uint32_t at = 0;
    for (uint32_t i = 0; i < nall && at < nsites; i++) /* others may come meanwhile */
        if (is_of(all[i], since))
            sites[at++] = all[i];
    uint32_t nheads = join_places(sums, sum_all(sites, at, sums), heads);
    int failed = 0;
    for (uint32_t i = 0; i < nheads && *n < LOCK_WAITS_MAX && !failed; i++)
        failed = tell(&heads[i], scratch, &(*out)[(*n)++]);
    return failed;
}
