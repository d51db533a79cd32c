/* How long locks are held: the longest time by the place that took it, judged against max_hold.
 *
 * The hooks measure and tell only while max_hold is set (SYNC_EVENT_GAVE). */
#include "base/arena.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/histogram.h"
#include "detect/load.h"
#include "detect/lock_name.h"
#include "record/block.h"
#include "record/name.h"

#include <errno.h>

#define PLACES 4096u

struct hold_site {
    uint32_t taken_at; /* stack; 0: unused */
    uint32_t given_at;
    uint32_t epoch;
    bool is_told;
    enum sync_kind kind;
    const char *name; /* of the lock that was; NULL: none */
    uintptr_t object;
    uint64_t count, ns_max;
    struct histogram *times; /* of what was held for too long; NULL: no memory */
    struct load load;
};

/* Only what was held for too long comes here, so that one lock is no crowd. */
static struct {
    struct lock lock;
    struct hold_site places[PLACES]; /* by stack and epoch, open addressing */
    uint64_t lost;
} holds = {.lock = LOCK_INIT(LOCK_ROOTS)};

static struct hold_site *place_of(uint32_t stack, uint32_t epoch)
{
    uint32_t at = (stack ^ epoch * 0x9e3779b1u) * 0x85ebca6bu;
    for (uint32_t i = 0; i < PLACES; i++, at++) {
        struct hold_site *p = &holds.places[at % PLACES];
        if (p->taken_at == 0)
            *p = (struct hold_site){.taken_at = stack, .epoch = epoch};
        if (p->taken_at == stack && p->epoch == epoch)
            return p;
    }
    return NULL;
}

static void note(const struct sync_event *e, uint32_t stack, struct load load, const char *name)
{
    struct hold_site *p = place_of(stack, csan__block_epoch());
    if (!p) {
        holds.lost++;
        return;
    }
    p->count++;
    if (!p->times)
        p->times = csan__arena_alloc(sizeof *p->times);
    if (p->times)
        csan__histogram_add(p->times, e->hold_ns);
    if (e->hold_ns <= p->ns_max)
        return;
    p->ns_max = e->hold_ns;
    p->given_at = e->stack;
    p->kind = e->lock_kind;
    p->object = e->object;
    p->name = name;
    p->load = load;
}

static void listen(const struct sync_event *e)
{
    if (e->hold_ns <= csan__options.max_hold)
        return;
    uint32_t stack = csan__lock_stack(&e->other);
    if (!stack)
        stack = e->stack;
    if (!stack)
        return;
    struct load load = csan__load_now();
    const char *name = csan__name_of(e->object);
    csan__lock_take(&holds.lock);
    note(e, stack, load, name);
    csan__lock_give(&holds.lock);
}

/* "a mutex held", "rwlock `rows` held to read" */
static void put_lock(struct text *out, const struct hold_site *p)
{
    if (p->name)
        csan__lock_name_as(out, p->kind, p->object, p->name);
    else
        csan__text_format(out, "a %s", csan__lock_noun(p->kind));
    csan__text_str(out, " held");
    if (p->kind == SYNC_READ || p->kind == SYNC_WRITE)
        csan__text_str(out, p->kind == SYNC_READ ? " to read" : " to write");
}

static int put(struct findings *out, const char **to, const struct text *t)
{
    *to = csan__arena_scratch_copy(out->scratch, t->buf, t->len);
    return *to ? 0 : -ENOMEM;
}

static int add_finding(const struct hold_site *p, struct findings *out)
{
    char buf[160], load[96];
    struct text what = TEXT(buf), note = TEXT(load);
    struct finding *f = csan__findings_add(out, FINDING_HOLD);
    if (!f)
        return -ENOMEM;
    put_lock(&what, p);
    csan__text_str(&what, " for ");
    csan__text_duration(&what, p->ns_max);
    if (p->count > 1) {
        csan__text_str(&what, ", the longest of ");
        csan__text_count(&what, p->count, "time");
    }
    csan__load_say(&p->load, &note);
    f->stack = p->taken_at;
    f->option = "max_hold";
    f->amount = p->ns_max;
    f->count = p->count;
    f->object = p->object;
    if (p->given_at && p->given_at != p->taken_at)
        f->parties[f->nparties++] =
            (struct finding_party){.label = "given back", .stack = p->given_at};
    if (p->times && csan__histogram_tell(p->times, out->scratch, f) != 0)
        return -ENOMEM;
    return put(out, &f->what, &what) != 0 || put(out, &f->note, &note) != 0 ? -ENOMEM : 0;
}

static bool is_judged(const struct hold_site *p, uint32_t since)
{
    return p->taken_at && !p->is_told && p->epoch >= since;
}

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    (void)w;
    if (csan__options.max_hold == OPTION_OFF)
        return 0;
    int failed = holds.lost ? -ENOMEM : 0;
    for (uint32_t i = 0; i < PLACES && !failed; i++)
        if (is_judged(&holds.places[i], since))
            failed = add_finding(&holds.places[i], out);
    return failed;
}

static void reported(const struct findings *found)
{
    for (const struct finding *f = found->first; f; f = f->next)
        for (uint32_t i = 0; f->kind == FINDING_HOLD && i < PLACES; i++)
            holds.places[i].is_told |= holds.places[i].taken_at == f->stack;
}

const struct detector csan__detector_hold = {
    .name = "hold",
    .judge = judge,
    .reported = reported,
    .sync = listen,
    .hears = SYNC_HEARS(GAVE),
};
