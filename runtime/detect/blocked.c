/* Blocked: more threads than max_blocked wait at one call site at once, each for blocked_after or
 * longer. Looked for ten times a second while the program runs, and at the verdict; a site is kept
 * with the largest crowd that was seen there, with who last gave what they wait for, and with what
 * the other threads waited for then.
 *
 * Sleeping counts for nothing here: it waits for nobody. */
#include "base/lock.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/crowd.h"
#include "detect/detector.h"
#include "detect/givers.h"
#include "detect/lock_name.h"
#include "record/block.h"

#include <errno.h>
#include <string.h>

#define SITES 256u
#define OTHERS 3u

struct site {
    struct crowd_group crowd; /* the largest; threads == 0: unused */
    uint32_t epoch;
    bool is_told;
    struct giver giver; /* as it was then */
    bool givers_wait;   /* in this crowd */
    uint64_t seen_ns;
    uint32_t holder_stack;
    int holder_tid;
    struct crowd_group others[OTHERS];
    uint32_t nothers;
    uint32_t running;
};

static struct {
    struct site sites[SITES]; /* guarded by LOCK_TICK; used ones first */
    uint64_t lost;
    uint64_t next_look_ns;
} blocked;

static bool is_off(void)
{
    return csan__options.max_blocked == OPTION_OFF;
}

/* ------------------------------------------------------------------ looking */

static struct site *site_of(uint32_t stack, uint32_t epoch)
{
    for (uint32_t i = 0; i < SITES; i++) {
        struct site *s = &blocked.sites[i];
        if (!s->crowd.threads || (s->crowd.stack == stack && s->epoch == epoch))
            return s;
    }
    return NULL;
}

static void note_who_gives(struct site *s)
{
    uintptr_t object = s->crowd.object;
    struct held held;
    int tid = 0;
    s->giver = csan__givers_of(object);
    s->givers_wait = csan__givers_wait_at(&s->giver, s->crowd.stack);
    if (s->crowd.kind != SYNC_JOIN && s->crowd.kind != SYNC_IO &&
        csan__sync_holder(object, &tid, &held)) {
        s->holder_tid = tid;
        s->holder_stack = csan__lock_stack(&held);
    }
}

static void note(const struct crowd *c, const struct crowd_group *g, uint64_t now_ns)
{
    struct site *s = site_of(g->stack, csan__block_epoch());
    if (!s) {
        blocked.lost++;
        return;
    }
    if (s->crowd.threads >= g->threads)
        return;
    bool was_told = s->crowd.threads && s->is_told;
    *s = (struct site){
        .crowd = *g, .epoch = csan__block_epoch(), .is_told = was_told, .seen_ns = now_ns};
    note_who_gives(s);
    for (uint32_t i = 0; i < c->ngroups && s->nothers < OTHERS; i++)
        if (&c->groups[i] != g)
            s->others[s->nothers++] = c->groups[i];
    s->running = c->others;
}

static bool counts(const struct crowd_group *g)
{
    return g->threads > csan__options.max_blocked && g->kind != SYNC_SLEEP;
}

static void look(uint64_t now_ns)
{
    struct crowd c;
    if (is_off())
        return;
    if (!csan__crowd_look(now_ns, csan__options.blocked_after, &c)) {
        blocked.lost++;
        return;
    }
    for (uint32_t i = 0; i < c.ngroups; i++)
        if (counts(&c.groups[i]))
            note(&c, &c.groups[i], now_ns);
}

/* Often enough that nobody can have waited for half as long again unseen. */
static bool tick(uint64_t now_ns)
{
    if (now_ns < blocked.next_look_ns)
        return false;
    blocked.next_look_ns = now_ns + csan__options.blocked_after / 4;
    look(now_ns);
    return false;
}

/* ------------------------------------------------------------------ the verdict */

static int put(struct findings *out, const char **to, const struct text *t)
{
    *to = csan__arena_scratch_copy(out->scratch, t->buf, t->len);
    return *to ? 0 : -ENOMEM;
}

static int say(const struct site *s, struct finding *f, struct findings *out)
{
    char buf[160], facts[256], object[128];
    struct text what = TEXT(buf), note = TEXT(facts), all = TEXT(object);
    csan__text_count(&what, s->crowd.threads, "thread");
    csan__text_format(&what, " blocked at once in %s", s->crowd.call ? s->crowd.call : "one call");
    csan__text_str(&note, "the longest for ");
    csan__text_duration(&note, s->crowd.ns_max);
    if (csan__crowd_put_object(&all, &s->crowd))
        csan__text_format(&note, ", %s", object);
    if (s->running) {
        csan__text_str(&note, "; ");
        csan__text_count(&note, s->running, "other thread");
        csan__text_str(&note, " ran, or had just begun to wait");
    }
    return put(out, &f->what, &what) != 0 || put(out, &f->note, &note) != 0 ? -ENOMEM : 0;
}

static int say_who_gives(const struct site *s, struct finding *f, struct findings *out)
{
    char buf[128];
    struct text t = TEXT(buf);
    if (!s->holder_stack)
        return csan__givers_tell(&s->giver, s->crowd.kind, s->seen_ns, f, out);
    struct finding_party *p = &f->parties[f->nparties++];
    csan__text_format(&t, "held by thread %d, which took it", s->holder_tid);
    p->stack = s->holder_stack;
    return put(out, &p->label, &t);
}

/* Workers that wait for work are woken by others; who waits for what a pool has run out of has
 * given back to it before. NULL: as the kind's advice says. */
static const char *attempt(const struct site *s)
{
    if ((s->crowd.kind != SYNC_COND && s->crowd.kind != SYNC_SEMAPHORE) || !s->giver.given)
        return NULL;
    return s->givers_wait
               ? "who gave it before waits here too: give back on every path, before waiting again"
               : "are these idle workers? then accept them as below; else give on every path";
}

static int add_finding(const struct site *s, struct findings *out)
{
    struct finding *f = csan__findings_add(out, FINDING_BLOCKED);
    if (!f)
        return -ENOMEM;
    f->stack = s->crowd.stack;
    f->option = "max_blocked";
    f->attempt = attempt(s);
    f->amount = f->count = f->threads = s->crowd.threads;
    int failed = say(s, f, out);
    if (!failed)
        failed = say_who_gives(s, f, out);
    for (uint32_t i = 0; i < s->nothers && !failed; i++)
        csan__crowd_party(out, f, &s->others[i]);
    return failed;
}

static uint32_t judged_since; /* by the last verdict; guarded by LOCK_SESSION */

static bool is_judged(const struct site *s)
{
    return s->crowd.threads && !s->is_told && s->epoch >= judged_since;
}

/* One finding a stack, whatever marks were set meanwhile: the last one's. */
static bool is_last_of_its_stack(uint32_t i)
{
    for (uint32_t j = i + 1; j < SITES && blocked.sites[j].crowd.threads; j++)
        if (is_judged(&blocked.sites[j]) &&
            blocked.sites[j].crowd.stack == blocked.sites[i].crowd.stack)
            return false;
    return true;
}

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    (void)w;
    judged_since = since;
    look(csan__os_now_ns());
    int failed = blocked.lost ? -ENOMEM : 0;
    for (uint32_t i = 0; i < SITES && blocked.sites[i].crowd.threads && !failed; i++)
        if (is_judged(&blocked.sites[i]) && is_last_of_its_stack(i))
            failed = add_finding(&blocked.sites[i], out);
    return failed;
}

static void reported(const struct findings *found)
{
    for (const struct finding *f = found->first; f; f = f->next) {
        if (f->kind != FINDING_BLOCKED || !csan__text_equal(f->option, "max_blocked"))
            continue;
        for (uint32_t i = 0; i < SITES; i++)
            if (is_judged(&blocked.sites[i]) && blocked.sites[i].crowd.stack == f->stack)
                blocked.sites[i].is_told = true;
    }
}

static void forked(void)
{
    memset(blocked.sites, 0, sizeof blocked.sites);
    blocked.lost = 0;
    blocked.next_look_ns = 0;
}

const struct detector csan__detector_blocked = {
    .name = "blocked",
    .judge = judge,
    .reported = reported,
    .sync = csan__givers_hear,
    .hears = SYNC_HEARS(POSTED) | SYNC_HEARS(GONE),
    .tick = tick,
    .forked = forked,
};
