#include "detect/wait_report.h"
#include "detect/lock_name.h"
#include "record/name.h"

#include <errno.h>

static bool is_rwlock(enum sync_kind kind)
{
    return kind == SYNC_READ || kind == SYNC_WRITE;
}

void csan__wait_report_lock(struct text *out, const struct wait_site *s, bool several)
{
    const char *name = s->life ? s->name : csan__name_of(s->object);
    if (name && !several && s->object)
        csan__lock_name_as(out, s->kind, s->object, name);
    else
        csan__text_format(out, "a %s", csan__lock_noun(s->kind));
    if (s->kind == SYNC_READ || s->kind == SYNC_WRITE)
        csan__text_str(out, s->kind == SYNC_READ ? ", to read" : ", to write");
}

static void say_waits(const struct histogram *h, struct text *t)
{
    csan__text_count(t, h->count, "wait");
    csan__text_str(t, ": p50 ");
    csan__text_duration(t, csan__histogram_at(h, 50));
    csan__text_str(t, ", p90 ");
    csan__text_duration(t, csan__histogram_at(h, 90));
    csan__text_str(t, ", p99 ");
    csan__text_duration(t, csan__histogram_at(h, 99));
    csan__text_str(t, ", longest ");
    csan__text_duration(t, h->max);
    csan__text_str(t, ", together ");
    csan__text_duration(t, h->sum);
}

static int put(struct findings *out, const char **to, const struct text *t)
{
    *to = csan__arena_scratch_copy(out->scratch, t->buf, t->len);
    return *to ? 0 : -ENOMEM;
}

static int add_party(struct findings *out, struct finding *f, const struct text *label,
                     uint32_t stack)
{
    struct finding_party *p = &f->parties[f->nparties++];
    p->stack = stack;
    return put(out, &p->label, label);
}

/* libc names the owner of a mutex and the writer of a rwlock, and nobody else. */
static const char *why_unknown(enum sync_kind kind)
{
    if (is_rwlock(kind))
        return "libc does not say who reads";
    return kind == SYNC_SPIN ? "libc does not say who has a spin lock"
                             : "the lock changed hands as the wait began";
}

static int add_holder(struct findings *out, struct finding *f, const struct wait_site *at,
                      const struct longest_wait *l)
{
    char buf[160];
    struct text t = TEXT(buf);
    if (!l->holder_tid)
        csan__text_format(&t, "holder not known: %s", why_unknown(at->kind));
    else if (l->holder_stack)
        csan__text_format(&t, "held by thread %d, which took it", l->holder_tid);
    else
        csan__text_format(&t, "held by thread %d, which took it where csan does not look",
                          l->holder_tid);
    return add_party(out, f, &t, l->holder_stack);
}

/* Whether the machine had the time to let it go on. */
static int add_load(struct findings *out, struct finding *f, const struct longest_wait *l)
{
    char buf[160];
    struct text t = TEXT(buf);
    csan__load_say(&l->load, &t);
    if (l->holder_off_ns + l->own_off_ns) {
        csan__text_str(&t, "; not counted, as none of them could run: ");
        csan__text_duration(&t, l->holder_off_ns + l->own_off_ns);
    }
    return add_party(out, f, &t, 0);
}

/* Of how many takings: since the lock was made, by all paths. */
static int add_share_of_all(const struct wait_view *v, struct findings *out, struct finding *f,
                            const struct wait_site *at)
{
    char buf[160];
    struct text t = TEXT(buf);
    uint64_t taken = at->object && !at->life ? csan__sync_taken(at->object) : 0, n, ns;
    bool some = taken & SYNC_TAKEN_SOME || is_rwlock(at->kind);
    taken &= ~SYNC_TAKEN_SOME;
    csan__wait_view_all(v, at, &n, &ns);
    if (!n || n > taken)
        return 0;
    csan__text_str(&t, some ? "of at least " : "of ");
    csan__text_count(&t, taken, "acquisition");
    csan__text_str(&t, " of this lock ");
    csan__text_number(&t, n);
    uint64_t share = n * 1000 / taken; /* of a thousand */
    csan__text_format(&t, " waited (%u.%u %%), mean ", (unsigned)(share / 10),
                      (unsigned)(share % 10));
    csan__text_duration(&t, ns / n);
    return add_party(out, f, &t, 0);
}

int csan__wait_report_add(const struct wait_view *v, const struct wait_sum *sum, const char *option,
                          uint64_t amount, const struct text *what, struct findings *out)
{
    char buf[160];
    struct text note = TEXT(buf);
    struct finding *f = csan__findings_add(out, FINDING_WAIT);
    if (!f)
        return -ENOMEM;
    if (sum->waits.count > 1)
        say_waits(&sum->waits, &note);
    f->stack = sum->at->stack;
    f->option = option;
    f->amount = amount;
    f->count = sum->waits.count;
    f->object = sum->several || sum->at->life ? 0 : sum->at->object;
    if (put(out, &f->what, what) != 0 || (note.len && put(out, &f->note, &note) != 0) ||
        add_holder(out, f, sum->at, &sum->longest) != 0 ||
        csan__histogram_tell(&sum->waits, out->scratch, f) != 0)
        return -ENOMEM;
    struct contested c = {.why = sum->why, .waited_ns = sum->waits.sum, .kind = sum->at->kind};
    if (sum->at->object) {
        c.sections = csan__contest_sections(sum->at->object);
        csan__wait_view_paths(v, sum->at, &c);
    }
    csan__remedy_add(&c, out->scratch, f);
    if (!sum->several && add_share_of_all(v, out, f, sum->at) != 0)
        return -ENOMEM;
    return add_load(out, f, &sum->longest);
}
