/* Hang: nothing of the test runs. No thread has used the processor for hang_after: then every
 * thread's stack, grouped, and the end.
 *
 * auto, under a framework that kills a test at its time-out: when nothing has run for 75 % of that.
 * A sleep, or a wait with a time-out of its own, ends by itself: then, and for a test that stopped
 * running late, at 92 % of the time-out, when nothing has run for 15 % of it. */
#include "detect/hang.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/crowd.h"
#include "detect/detector.h"
#include "detect/givers.h"
#include "detect/standing.h"

#include <errno.h>

/* Less is the error of reading two clocks; a thread that wakes uses more. */
#define NOTHING_NS 10000u
#define GROUPS_SHOWN 4u

struct hang_facts csan__hang_facts;

static struct {
    uint64_t cpu_ns;   /* when something last ran */
    uint64_t still_ns; /* since when nothing has run */
    bool is_hung;
    bool is_told;
} hang; /* guarded by LOCK_TICK */

static bool ends_by_itself(uint64_t now_ns)
{
    struct crowd c;
    if (!csan__crowd_look(now_ns, 0, &c))
        return true;
    for (uint32_t i = 0; i < c.ngroups; i++)
        if (c.groups[i].timed || c.groups[i].kind == SYNC_SLEEP)
            return true;
    return false;
}

static bool is_too_long(uint64_t now_ns)
{
    const struct hang_facts *k = &csan__hang_facts;
    uint64_t still = now_ns - hang.still_ns;
    if (k->limit_ns != OPTION_OFF && still >= k->limit_ns)
        return true;
    if (!k->time_out_ns)
        return false;
    if (still >= k->time_out_ns / 100 * 75 && !ends_by_itself(now_ns))
        return true;
    return now_ns - k->born_ns >= k->time_out_ns / 100 * 92 && still >= k->time_out_ns / 100 * 15;
}

static bool tick(uint64_t now_ns)
{
    uint64_t cpu = csan__hang_facts.cpu_ns;
    if (!hang.still_ns || cpu > hang.cpu_ns + NOTHING_NS) {
        hang.cpu_ns = cpu;
        hang.still_ns = now_ns;
        return false;
    }
    hang.is_hung = !hang.is_told && is_too_long(now_ns);
    return hang.is_hung;
}

static int say(struct finding *f, const struct crowd *c, uint64_t still, struct findings *out)
{
    char buf[160];
    struct text t = TEXT(buf);
    csan__text_str(&t, "nothing has run for ");
    csan__text_duration(&t, still);
    if (c->ngroups) {
        csan__text_str(&t, ": ");
        csan__crowd_put(&t, &c->groups[0]);
    }
    f->what = csan__arena_scratch_copy(out->scratch, buf, t.len);
    return f->what ? 0 : -ENOMEM;
}

/* What the largest group waits for, and who holds or ever gave it; then where the others are. */
static int say_who(struct finding *f, const struct crowd *c, uint64_t now_ns, struct findings *out)
{
    char buf[128];
    struct text t = TEXT(buf);
    const struct crowd_group *g = c->groups;
    if (csan__crowd_put_object(&t, g) &&
        !(f->note = csan__arena_scratch_copy(out->scratch, buf, t.len)))
        return -ENOMEM;
    int failed = csan__givers_tell_of(g, now_ns, f, out);
    for (uint32_t i = 1; i < c->ngroups && i <= GROUPS_SHOWN && !failed; i++)
        csan__crowd_party(out, f, &c->groups[i]);
    return failed;
}

/* No hook knows where they sleep: the first whose registers tell gives the place. */
static void note_standing(struct finding *f, const struct world *w)
{
    for (uint32_t i = 0; i < w->nthreads; i++) {
        uint32_t stack = w->threads[i].is_judge ? 0 : csan__standing_stack(&w->threads[i]);
        if (!f->stack)
            f->stack = stack;
        else if (stack && f->nparties < FINDING_PARTIES)
            f->parties[f->nparties++] =
                (struct finding_party){.label = "1 thread stands", .stack = stack, .threads = 1};
    }
}

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    (void)since;
    if (!hang.is_hung)
        return 0;
    uint64_t now = csan__os_now_ns();
    struct crowd c;
    struct finding *f = csan__findings_add(out, FINDING_BLOCKED);
    if (!f || !csan__crowd_look(now, 0, &c))
        return -ENOMEM;
    f->option = "hang_after";
    f->amount = now - hang.still_ns;
    f->count = c.waiting;
    f->stack = c.ngroups ? c.groups[0].stack : 0;
    f->threads = c.ngroups ? c.groups[0].threads : 1;
    if (!c.ngroups)
        note_standing(f, w);
    int failed = say(f, &c, f->amount, out);
    return failed || !c.ngroups ? failed : say_who(f, &c, now, out);
}

static void reported(const struct findings *found)
{
    (void)found;
    hang.is_told |= hang.is_hung;
    hang.is_hung = false;
}

static void forked(void)
{
    hang.still_ns = 0;
    hang.is_hung = hang.is_told = false;
}

const struct detector csan__detector_hang = {
    .name = "hang",
    .judge = judge,
    .reported = reported,
    .tick = tick,
    .forked = forked,
};
