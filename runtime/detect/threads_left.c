/* Threads that were started since the mark and not joined: they still run, or their result was
 * never asked for. Grouped by the call that created them; detached ones are nobody's to join. */
#include "base/options.h"
#include "base/text.h"
#include "detect/detector.h"

#include <errno.h>

#define PLACES 4u

/* Where threads of one group wait. */
struct wait_place {
    uint32_t stack;
    uint32_t threads;
    const char *call;
};

struct group {
    uint64_t running, ended;
    uint64_t detached;  /* running */
    uint64_t elsewhere; /* running, and not known to wait */
    struct wait_place places[PLACES];
    uint32_t nplaces;
};

/* Of the last verdict. Guarded by LOCK_SESSION. */
static struct {
    struct left_thread *left;
    uint32_t nleft;
    uint32_t since;
} last;

static bool is_waiting(int tid, struct waiting *out)
{
    struct sync copy;
    for (const struct thread *t = csan__thread_first(); t; t = t->next) {
        if (t->tid != tid || !csan__sync_snapshot(t, &copy, NULL, 0))
            continue;
        *out = copy.wait;
        return out->kind != SYNC_NONE && out->stack != 0;
    }
    return false;
}

static void note_place(struct group *g, int tid)
{
    struct waiting wait;
    if (!is_waiting(tid, &wait)) {
        g->elsewhere++;
        return;
    }
    uint32_t i = 0;
    while (i < g->nplaces && g->places[i].stack != wait.stack)
        i++;
    if (i == g->nplaces) {
        if (i == PLACES) {
            g->elsewhere++;
            return;
        }
        g->places[g->nplaces++] = (struct wait_place){.stack = wait.stack, .call = wait.call};
    }
    g->places[i].threads++;
}

static int add_party(struct finding *f, struct arena *scratch, const struct text *label,
                     uint32_t stack)
{
    const char *copy = csan__arena_scratch_copy(scratch, label->buf, label->len);
    if (!copy)
        return -ENOMEM;
    f->parties[f->nparties++] = (struct finding_party){.label = copy, .stack = stack};
    return 0;
}

static int say_where(struct finding *f, const struct group *g, struct arena *scratch)
{
    int failed = 0;
    for (uint32_t i = 0; i < g->nplaces && !failed; i++) {
        char buf[96];
        struct text t = TEXT(buf);
        csan__text_count(&t, g->places[i].threads, "thread");
        csan__text_format(&t, g->places[i].threads == 1 ? " waits in %s" : " wait in %s",
                          g->places[i].call ? g->places[i].call : "a call");
        failed = add_party(f, scratch, &t, g->places[i].stack);
    }
    return failed;
}

static int say(struct finding *f, const struct group *g, struct arena *scratch)
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
    f->what = csan__arena_scratch_copy(scratch, buf, t.len);
    return f->what ? say_where(f, g, scratch) : -ENOMEM;
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
        note_place(&g, t->tid);
    }
    struct finding *f = csan__findings_add(out, FINDING_THREAD);
    if (!f)
        return -ENOMEM;
    f->stack = w->left[i].stack;
    return say(f, &g, out->scratch);
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
