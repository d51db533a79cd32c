/* Threads that were started since the mark and not joined: they still run, or their result was
 * never asked for. Grouped by the call that created them; detached ones are nobody's to join. */
#include "base/options.h"
#include "base/text.h"
#include "detect/crowd.h"
#include "detect/detector.h"
#include "detect/standing.h"

#include <errno.h>

#define PLACES 4u

struct group {
    uint64_t running, ended;
    uint64_t detached;                 /* running */
    struct crowd_group places[PLACES]; /* where they are */
    uint32_t nplaces;
};

/* Of the last verdict. Guarded by LOCK_SESSION. */
static struct {
    struct left_thread *left;
    uint32_t nleft;
    uint32_t since;
} last;

/* Where it waits, or else what it runs; false: not known. */
static bool find_place(const struct world *w, int tid, struct waiting *out)
{
    for (uint32_t i = 0; i < w->nthreads; i++) {
        const struct stopped_thread *t = &w->threads[i];
        if (t->tid != tid)
            continue;
        if (!csan__standing_waits(t, out))
            *out = (struct waiting){.call = t->in_call ? "the kernel" : NULL,
                                    .stack = csan__standing_stack(t)};
        return out->stack != 0;
    }
    return false;
}

static void note_place(struct group *g, const struct world *w, int tid)
{
    struct waiting wait;
    uint32_t i = 0;
    if (!find_place(w, tid, &wait))
        return;
    while (i < g->nplaces && g->places[i].stack != wait.stack)
        i++;
    if (i == PLACES)
        return;
    g->nplaces += i == g->nplaces;
    csan__crowd_add(&g->places[i], &wait, tid);
}

static int say(struct finding *f, struct group *g, struct findings *out)
{
    char buf[128];
    struct text t = TEXT(buf);
    f->amount = f->count = g->running + g->ended;
    if (g->detached == f->count) {
        csan__text_count(&t, f->count, "detached thread");
        csan__text_str(&t, ": ");
    } else {
        csan__text_count(&t, f->count, "thread");
        csan__text_str(&t, " never joined nor detached: ");
    }
    if (g->running) {
        csan__text_number(&t, g->running);
        csan__text_str(&t, g->running == 1 ? " still runs" : " still run");
    }
    if (g->ended) {
        csan__text_str(&t, g->running ? ", " : "");
        csan__text_number(&t, g->ended);
        csan__text_str(&t, g->ended == 1 ? " has ended" : " have ended");
    }
    f->option = "max_threads";
    f->what = csan__arena_scratch_copy(out->scratch, buf, t.len);
    for (uint32_t i = 0; i < g->nplaces; i++) {
        csan__crowd_name(&g->places[i]);
        csan__crowd_party(out, f, &g->places[i]);
    }
    return f->what ? 0 : -ENOMEM;
}

/* All threads that were created by the stack of the i-th, which is the first of them. */
static int judge_group(uint32_t since, const struct world *w, uint32_t i, struct findings *out)
{
    struct group g = {.running = 0};
    for (uint32_t j = i; j < w->nleft; j++) {
        const struct left_thread *t = &w->left[j];
        if (t->stack != w->left[i].stack || t->epoch < since)
            continue;
        if (t->has_ended) {
            g.ended++;
            continue;
        }
        g.running++;
        g.detached += t->is_detached;
        note_place(&g, w, t->tid);
    }
    struct finding *f = csan__findings_add(out, FINDING_THREAD);
    if (!f)
        return -ENOMEM;
    f->stack = w->left[i].stack;
    return say(f, &g, out);
}

static bool is_first_of_its_stack(uint32_t since, const struct world *w, uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (w->left[j].epoch >= since && w->left[j].stack == w->left[i].stack)
            return false;
    return w->left[i].epoch >= since;
}

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    last.left = w->left;
    last.nleft = w->nleft;
    last.since = since;
    int failed = 0;
    if (csan__options.max_threads == OPTION_OFF)
        return 0;
    for (uint32_t i = 0; i < w->nleft && !failed; i++)
        if (is_first_of_its_stack(since, w, i))
            failed = judge_group(since, w, i, out);
    return failed;
}

static void weigh(struct findings *f)
{
    uint64_t sum = 0;
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_THREAD)
            sum += one->amount;
    if (sum <= csan__options.max_threads)
        csan__findings_drop(f, FINDING_THREAD, "max_threads");
}

static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        for (uint32_t i = 0; one->kind == FINDING_THREAD && i < last.nleft; i++)
            if (last.left[i].stack == one->stack && last.left[i].epoch >= last.since)
                *last.left[i].is_told = true;
    last.nleft = 0;
}

const struct detector csan__detector_threads_left = {
    .name = "thread",
    .judge = judge,
    .weigh = weigh,
    .reported = reported,
};
