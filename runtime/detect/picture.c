#include "detect/picture.h"
#include "base/os.h"
#include "base/sort.h"
#include "base/text.h"
#include "detect/crowd.h"
#include "detect/givers.h"
#include "detect/standing.h"
#include "record/thread.h"

#include <errno.h>

#define GROUPS_MAX 256u

/* One that no hook knows to wait. */
struct other {
    uint32_t stack;
    bool in_call; /* asleep in the kernel */
    int tid;
};

static int by_stack(const void *one, const void *other)
{
    const struct other *a = one, *b = other;
    if (a->stack != b->stack)
        return a->stack < b->stack ? -1 : 1;
    return (a->in_call > b->in_call) - (a->in_call < b->in_call);
}

static uint32_t gather_others(const struct world *w, struct other *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->nthreads; i++) {
        const struct stopped_thread *t = &w->threads[i];
        struct waiting wait;
        if ((t->record && t->record->foreign) || csan__standing_waits(t, &wait))
            continue;
        out[n++] =
            (struct other){.stack = csan__standing_stack(t), .in_call = t->in_call, .tid = t->tid};
    }
    csan__sort(out, n, sizeof *out, by_stack);
    return n;
}

static void put_tids(struct text *t, const int *tids, uint32_t n)
{
    csan__text_str(t, n == 1 ? "thread " : "threads ");
    for (uint32_t i = 0; i < n && i < CROWD_TIDS; i++)
        csan__text_format(t, i ? ", %d" : "%d", tids[i]);
    if (n > CROWD_TIDS)
        csan__text_str(t, " …");
}

static int add(struct findings *out, const struct text *what, const struct text *note,
               uint32_t stack, struct finding **f)
{
    *f = csan__findings_add(out, FINDING_BLOCKED);
    if (!*f)
        return -ENOMEM;
    (*f)->what = csan__arena_scratch_copy(out->scratch, what->buf, what->len);
    (*f)->note = csan__arena_scratch_copy(out->scratch, note->buf, note->len);
    (*f)->stack = stack;
    return (*f)->what && (*f)->note ? 0 : -ENOMEM;
}

/* All of them alike, from the i-th on. Returns the first of the next kind. */
static uint32_t add_others(const struct other *all, uint32_t n, uint32_t i, struct findings *out)
{
    char buf[96], tid_room[128];
    struct text what = TEXT(buf), note = TEXT(tid_room);
    struct finding *f;
    struct crowd_group g = {.threads = 0};
    struct waiting none = {.stack = all[i].stack, .call = all[i].in_call ? "the kernel" : NULL};
    for (uint32_t k = i; k < n && by_stack(&all[i], &all[k]) == 0; k++)
        csan__crowd_add(&g, &none, all[k].tid);
    csan__crowd_put(&what, &g);
    put_tids(&note, g.tids, g.threads);
    return add(out, &what, &note, g.stack, &f) == 0 ? i + g.threads : n;
}

static int add_crowd(const struct crowd_group *g, uint64_t now_ns, struct findings *out)
{
    char buf[96], facts[256], named[128];
    struct text what = TEXT(buf), note = TEXT(facts), object = TEXT(named);
    struct finding *f;
    csan__crowd_put(&what, g);
    csan__text_str(&what, " for ");
    csan__text_duration(&what, g->ns_max);
    if (g->threads > 1 && g->ns_max / 10 > g->ns_min / 9) {
        csan__text_str(&what, " to ");
        csan__text_duration(&what, g->ns_min);
    }
    put_tids(&note, g->tids, g->threads);
    if (csan__crowd_put_object(&object, g))
        csan__text_format(&note, "; %s", named);
    int failed = add(out, &what, &note, g->stack, &f);
    return failed ? failed : csan__givers_tell_of(g, now_ns, f, out);
}

int csan__picture_take(const struct world *w, struct findings *out, uint32_t *threads)
{
    uint64_t now = csan__os_now_ns();
    struct crowd c;
    struct other *others = csan__arena_scratch_alloc(out->scratch, w->nthreads * sizeof *others);
    if (!others || !csan__crowd_look(now, 0, &c))
        return -ENOMEM;
    uint32_t n = gather_others(w, others);
    *threads = c.waiting + n;
    int failed = 0;
    for (uint32_t i = 0; i < c.ngroups && i < GROUPS_MAX && !failed; i++)
        failed = add_crowd(&c.groups[i], now, out);
    for (uint32_t i = 0; i < n && out->count < 2 * GROUPS_MAX && !failed;)
        i = add_others(others, n, i, out);
    return failed;
}
