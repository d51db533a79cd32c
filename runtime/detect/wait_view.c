#include "detect/wait_view.h"
#include "base/os.h"
#include "detect/wait_time.h"
#include "record/block.h"

#include <errno.h>
#include <string.h>

bool csan__wait_is_lock(enum sync_kind kind)
{
    return kind == SYNC_MUTEX || kind == SYNC_READ || kind == SYNC_WRITE || kind == SYNC_SPIN;
}

bool csan__wait_view_is_judged(const struct wait_site *s, uint32_t since)
{
    return s && s->waits.count && !s->is_told && (s->epoch >= since || s->epoch == WAIT_EVERY_MARK);
}

/* ------------------------------------------------------------------ waits that go on */

bool csan__wait_view_goes_on(const struct thread *t, struct sync *copy)
{
    return t->tid && csan__sync_snapshot(t, copy, NULL, 0) &&
           csan__wait_is_lock((enum sync_kind)copy->wait.kind) && !csan__wait_time_was_told(t->tid);
}

static int add_going_on(struct wait_view *v, const struct thread *t, const struct waiting *w,
                        struct arena *scratch)
{
    struct wait_site *s = NULL;
    for (uint32_t i = v->ended; i < v->count && !s; i++)
        if (csan__wait_site_is(v->sites[i], w->object, w->stack, csan__block_epoch()))
            s = v->sites[i];
    if (!s) {
        s = csan__arena_scratch_alloc(scratch, sizeof *s);
        if (!s)
            return -ENOMEM;
        *s = (struct wait_site){
            .object = w->object, .stack = w->stack, .epoch = csan__block_epoch(), .goes_on = true};
        v->sites[v->count++] = s;
    }
    uint64_t now = csan__os_now_ns();
    struct sync_event e = {.object = w->object,
                           .lock_kind = (enum sync_kind)w->kind,
                           .call = w->call,
                           .wait_ns = now - w->since_ns,
                           .at_ns = now,
                           .holder_tid = w->holder_tid,
                           .other = w->holder};
    struct longest_wait l = {.ns = 0};
    struct why why;
    csan__wait_time_settle(t->tid, e.wait_ns, &l);
    csan__contest_so_far(&e, l.ns, &why);
    csan__wait_site_add(s, &l, &why, &e);
    return 0;
}

int csan__wait_view_gather(struct wait_view *v, uint32_t since, struct arena *scratch)
{
    uint32_t more = 0;
    struct sync copy;
    struct wait_site *const *ended;
    *v = (struct wait_view){.since = since, .ended = csan__wait_sites(&ended)};
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        more += csan__wait_view_goes_on(t, &copy);
    v->sites = csan__arena_scratch_alloc(scratch, (v->ended + more + 1) * sizeof *v->sites);
    if (!v->sites)
        return -ENOMEM;
    v->count = v->ended;
    memcpy(v->sites, ended, v->count * sizeof *v->sites);
    int failed = 0;
    for (const struct thread *t = csan__thread_first(); t && more && !failed; t = t->next)
        if (csan__wait_view_goes_on(t, &copy)) {
            failed = add_going_on(v, t, &copy.wait, scratch);
            more--;
        }
    return failed;
}

/* ------------------------------------------------------------------ sums */

bool csan__wait_view_is_first(const struct wait_view *v, uint32_t i, bool by_lock)
{
    const struct wait_site *s = v->sites[i];
    if (!csan__wait_view_is_judged(s, v->since) || (by_lock && !s->object))
        return false;
    for (uint32_t j = 0; j < i; j++)
        if (csan__wait_view_is_judged(v->sites[j], v->since) &&
            (by_lock ? csan__wait_site_is_same_lock(v->sites[j], s)
                     : v->sites[j]->stack == s->stack))
            return false;
    return true;
}

static void add_site(struct wait_sum *sum, const struct wait_site *s)
{
    csan__histogram_merge(&sum->waits, &s->waits);
    csan__why_add(&sum->why, &s->why);
    sum->several |= sum->at && !csan__wait_site_is_same_lock(sum->at, s);
    if (!sum->at || s->longest.ns > sum->longest.ns) {
        sum->longest = s->longest;
        sum->at = s;
    }
}

void csan__wait_view_of_stack(const struct wait_view *v, uint32_t i, struct wait_sum *sum)
{
    memset(sum, 0, sizeof *sum);
    for (uint32_t j = i; j < v->count; j++)
        if (csan__wait_view_is_judged(v->sites[j], v->since) &&
            v->sites[j]->stack == v->sites[i]->stack)
            add_site(sum, v->sites[j]);
}

void csan__wait_view_of_lock(const struct wait_view *v, uint32_t i, struct wait_sum *sum)
{
    const struct wait_site *most = v->sites[i];
    memset(sum, 0, sizeof *sum);
    for (uint32_t j = i; j < v->count; j++) {
        const struct wait_site *s = v->sites[j];
        if (!csan__wait_view_is_judged(s, v->since) ||
            !csan__wait_site_is_same_lock(s, v->sites[i]))
            continue;
        add_site(sum, s);
        most = s->waits.sum > most->waits.sum ? s : most;
    }
    sum->at = most;
}

/* Of one stack for one lock, from the i-th site, which is the first of them, on; 0: it is not. */
static uint64_t count_path(const struct wait_view *v, uint32_t first)
{
    uint64_t n = 0;
    const struct wait_site *at = v->sites[first];
    for (uint32_t i = 0; i < v->count; i++) {
        const struct wait_site *s = v->sites[i];
        if (!csan__wait_view_is_judged(s, v->since) || s->stack != at->stack ||
            !csan__wait_site_is_same_lock(s, at))
            continue;
        if (i < first)
            return 0;
        n += s->waits.count;
    }
    return n;
}

void csan__wait_view_paths(const struct wait_view *v, const struct wait_site *at,
                           struct contested *c)
{
    for (uint32_t i = 0; i < v->count; i++) {
        if (!csan__wait_view_is_judged(v->sites[i], v->since) ||
            !csan__wait_site_is_same_lock(v->sites[i], at))
            continue;
        uint64_t n = count_path(v, i);
        c->waits += n;
        c->paths += n > 0;
        if (n > c->by_one_path) {
            c->by_one_path = n;
            c->path = v->sites[i]->stack;
        }
    }
}

void csan__wait_view_all(const struct wait_view *v, const struct wait_site *at, uint64_t *count,
                         uint64_t *ns)
{
    *count = *ns = 0;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->sites[i] && csan__wait_site_is_same_lock(v->sites[i], at)) {
            *count += v->sites[i]->waits.count;
            *ns += v->sites[i]->waits.sum;
        }
}
