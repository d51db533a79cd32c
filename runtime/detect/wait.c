/* Waits for locks: how often, how long, and who held it meanwhile.
 *
 *   a wait ends ──▶ wait_time: what of it counts ──▶ wait_site: histogram, the longest, the holder
 *   verdict     ──▶ wait_view: sums by stack and by lock ──▶ wait_report: one finding each
 *
 * Judged against max_wait and max_wait_p99 by the waiter's stack, against max_wait_total by lock. A
 * wait that goes on at the verdict counts as far as it has come. */
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "detect/lock_name.h"
#include "detect/wait_report.h"
#include "detect/wait_time.h"

#include <errno.h>

static uint64_t lost; /* waits that found no room */

static bool is_off(void)
{
    return csan__options.max_wait == OPTION_OFF && csan__options.max_wait_p99 == OPTION_OFF &&
           csan__options.max_wait_total == OPTION_OFF;
}

static bool is_tight(void)
{
    return csan__options.max_wait < WAIT_TIME_FEEL_NS ||
           csan__options.max_wait_p99 < WAIT_TIME_FEEL_NS;
}

/* The record has all waits, whatever their limit. */
static bool is_heard(void)
{
    return !is_off() || csan__options.out;
}

/* ------------------------------------------------------------------ events */

static void end(const struct sync_event *e)
{
    struct longest_wait l = {.ns = 0};
    struct why why;
    csan__wait_time_settle(e->thread->tid, e->wait_ns, &l);
    csan__contest_end(e, l.ns, &why);
    if (csan__wait_time_was_told(e->thread->tid)) /* while it went on */
        return;
    struct wait_site *s = csan__wait_site_of(e->object, e->stack);
    if (!s) {
        __atomic_add_fetch(&lost, 1, __ATOMIC_RELAXED);
        return;
    }
    csan__wait_site_add(s, &l, &why, e);
}

static void listen(const struct sync_event *e)
{
    if (!is_heard())
        return;
    switch (e->kind) {
    case SYNC_EVENT_GONE:
        csan__wait_site_retire(e->object, e->bytes);
        break;
    case SYNC_EVENT_WAIT_BEGINS:
        if (csan__wait_is_lock(e->lock_kind)) {
            csan__wait_time_begin(e, is_tight());
            csan__contest_begin(e);
        }
        break;
    case SYNC_EVENT_WAIT_ENDED:
        csan__contest_napped(e);
        if (csan__wait_is_lock(e->lock_kind))
            end(e);
        break;
    case SYNC_EVENT_WAIT_LEFT:
        csan__contest_left(e->object);
        break;
    case SYNC_EVENT_NAPPED:
        csan__contest_napped(e);
        break;
    case SYNC_EVENT_GAVE:
        csan__contest_section(e);
        break;
    default:
        break;
    }
}

/* Long waits that go on: is their holder let run? */
static bool tick(uint64_t now_ns)
{
    if (is_off())
        return false;
    for (const struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync copy;
        if (!t->tid || !csan__sync_snapshot(t, &copy, NULL, 0) ||
            !csan__wait_is_lock((enum sync_kind)copy.wait.kind) ||
            now_ns - copy.wait.since_ns < WAIT_TIME_FEEL_NS / 4)
            continue;
        int holder = 0;
        struct held held;
        if (csan__sync_holder(copy.wait.object, &holder, &held) && holder)
            csan__wait_time_sample(t->tid, holder, csan__lock_stack(&held));
    }
    return false;
}

/* ------------------------------------------------------------------ the verdict */

static int judge_stack(const struct wait_view *v, uint32_t i, struct wait_sum *sum,
                       struct findings *out)
{
    csan__wait_view_of_stack(v, i, sum);
    char buf[160];
    struct text what = TEXT(buf);
    uint64_t p99 = csan__histogram_at(&sum->waits, 99);
    if (sum->waits.max > csan__options.max_wait) {
        csan__text_str(&what, sum->at->goes_on ? "has waited " : "waited ");
        csan__text_duration(&what, sum->waits.max);
        csan__text_str(&what, " for ");
        csan__wait_report_lock(&what, sum->at, false);
        return csan__wait_report_add(v, sum, "max_wait", sum->waits.max, &what, out);
    }
    if (p99 > csan__options.max_wait_p99) {
        csan__text_duration(&what, p99);
        csan__text_format(&what, " is the 99th percentile of ");
        csan__text_count(&what, sum->waits.count, "wait");
        csan__text_str(&what, " for ");
        csan__wait_report_lock(&what, sum->at, sum->several);
        return csan__wait_report_add(v, sum, "max_wait_p99", p99, &what, out);
    }
    return 0;
}

static bool is_reported_at(const struct findings *out, uint32_t stack)
{
    for (const struct finding *f = out->first; f; f = f->next)
        if (f->kind == FINDING_WAIT && f->stack == stack)
            return true;
    return false;
}

static int judge_lock(const struct wait_view *v, uint32_t i, struct wait_sum *sum,
                      struct findings *out)
{
    csan__wait_view_of_lock(v, i, sum);
    if (sum->waits.sum <= csan__options.max_wait_total || is_reported_at(out, sum->at->stack))
        return 0;
    char buf[160];
    struct text what = TEXT(buf);
    csan__text_duration(&what, sum->waits.sum);
    csan__text_str(&what, " in ");
    csan__text_count(&what, sum->waits.count, "wait");
    csan__text_str(&what, " for ");
    csan__wait_report_lock(&what, sum->at, false);
    return csan__wait_report_add(v, sum, "max_wait_total", sum->waits.sum, &what, out);
}

static struct {
    uint32_t since;
    uint64_t at_ns;
} judged; /* by the last verdict: LOCK_SESSION */

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    (void)w;
    struct wait_view v;
    judged.since = since;
    judged.at_ns = csan__os_now_ns();
    if (is_off())
        return 0;
    struct wait_sum *sum = csan__arena_scratch_alloc(out->scratch, sizeof *sum);
    if (!sum || lost || csan__wait_view_gather(&v, since, out->scratch) != 0)
        return -ENOMEM;
    int failed = 0;
    for (uint32_t i = 0; i < v.count && !failed; i++)
        if (csan__wait_view_is_first(&v, i, false))
            failed = judge_stack(&v, i, sum, out);
    for (uint32_t i = 0; i < v.count && !failed; i++)
        if (csan__options.max_wait_total != OPTION_OFF && csan__wait_view_is_first(&v, i, true))
            failed = judge_lock(&v, i, sum, out);
    return failed;
}

static void reported(const struct findings *f)
{
    struct wait_site *const *sites;
    uint32_t n = csan__wait_sites(&sites);
    for (uint32_t i = 0; i < n; i++)
        if (csan__wait_view_is_judged(sites[i], judged.since) && is_reported_at(f, sites[i]->stack))
            sites[i]->is_told = 1;
    struct sync copy;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        if (csan__wait_view_goes_on(t, &copy) && copy.wait.since_ns < judged.at_ns &&
            is_reported_at(f, copy.wait.stack))
            csan__wait_time_tell(t->tid);
}

static void forked(void)
{
    csan__wait_sites_forked();
    csan__contest_forked();
}

const struct detector csan__detector_wait = {
    .name = "wait",
    .judge = judge,
    .reported = reported,
    .sync = listen,
    .hears = SYNC_HEARS(GONE) | SYNC_HEARS(WAIT_BEGINS) | SYNC_HEARS(WAIT_ENDED) |
             SYNC_HEARS(WAIT_LEFT) | SYNC_HEARS(NAPPED) | SYNC_HEARS(GAVE),
    .tick = tick,
    .forked = forked,
};
