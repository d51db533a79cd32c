/* Waits for locks: how often, how long, and who held it meanwhile.
 *
 *   (lock, stack of the waiter, mark) ──▶ site: histogram, and the longest wait with its holder
 *
 * Judged against max_wait and max_wait_p99 by the waiter's stack, against max_wait_total by lock. A
 * wait that goes on at the verdict counts as far as it has come.
 *
 * What counts is the time that the lock was held by someone who could run. A wait on a busy machine
 * is longer: the waiter is woken and not let in yet, or the holder itself stands in the run queue.
 * Both are in /proc/self/task/TID/schedstat (second field), and are taken off; the report says how
 * much that was. Reading it costs microseconds, so it is read where it can matter: by the
 * watchdog's tick for waits of FEEL_NS and more, and at each wait's begin when a limit below that
 * is set.
 *
 * A site is made once and never given back. Two threads that meet here do not wait for each other,
 * but for the moment in which one of them notes a new longest wait. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/contest.h"
#include "detect/detector.h"
#include "detect/histogram.h"
#include "detect/load.h"
#include "detect/lock_name.h"
#include "detect/remedy.h"
#include "record/block.h"
#include "record/name.h"

#include <errno.h>
#include <string.h>

#define SLOTS (1u << 15)
#define SITES_APART 8192u /* beyond it one site serves all locks and marks of a stack */
#define SITES_MAX (SLOTS / 2)
#define EVERY_MARK UINT32_MAX
#define FEEL_NS ((uint64_t)200000000u)
#define PENDING (1u << 12)

struct longest {
    uint64_t ns; /* judged */
    uint64_t holder_off_ns, own_off_ns;
    int holder_tid;
    uint32_t holder_stack;
    struct load load;
};

struct site {
    uintptr_t object; /* 0: any */
    uint32_t stack, epoch;
    uint32_t life; /* of the object: 0 now, else an earlier lock at this address */
    uint32_t is_told, is_noting;
    bool goes_on; /* these waits have not ended; made for one verdict */
    enum sync_kind kind;
    const char *call;
    const char *name; /* of a lock that is no more; NULL: none */
    struct longest longest;
    struct why why; /* under is_noting */
    struct histogram waits;
};

/* A wait that goes on: what is known of the time in which nobody could help it. */
struct pending {
    int tid;
    int holder; /* 0: not sampled yet */
    uint32_t is_told;
    uint64_t began_ns;
    uint64_t own_base;    /* of the waiter when it was first sampled */
    uint64_t holder_base; /* of the holder when it was last sampled */
    uint64_t holder_off;  /* so far */
};

static struct {
    struct site *slots[SLOTS]; /* by object, stack and epoch; open addressing */
    struct site *sites[SITES_MAX];
    uint32_t nsites;
    uint32_t lives;
    uint64_t lost; /* waits that found no room */
    struct pending pending[PENDING];
} waits; /* written by everyone, each word atomically */

static bool is_lock(enum sync_kind kind)
{
    return kind == SYNC_MUTEX || kind == SYNC_READ || kind == SYNC_WRITE || kind == SYNC_SPIN;
}

static bool is_rwlock(enum sync_kind kind)
{
    return kind == SYNC_READ || kind == SYNC_WRITE;
}

static bool is_off(void)
{
    return csan__options.max_wait == OPTION_OFF && csan__options.max_wait_p99 == OPTION_OFF &&
           csan__options.max_wait_total == OPTION_OFF;
}

static bool is_tight(void)
{
    return csan__options.max_wait < FEEL_NS || csan__options.max_wait_p99 < FEEL_NS;
}

/* ------------------------------------------------------------------ sites */

static uint32_t hash(uintptr_t object, uint32_t stack, uint32_t epoch)
{
    uint64_t h = (object ^ ((uint64_t)stack << 24) ^ epoch) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 40);
}

static struct site *new_site(uintptr_t object, uint32_t stack, uint32_t epoch)
{
    if (__atomic_load_n(&waits.nsites, __ATOMIC_RELAXED) >= SITES_MAX)
        return NULL;
    struct site *s = csan__arena_alloc(sizeof *s);
    if (!s)
        return NULL;
    s->object = object;
    s->stack = stack;
    s->epoch = epoch;
    return s;
}

static void list_site(struct site *s)
{
    uint32_t n = __atomic_fetch_add(&waits.nsites, 1, __ATOMIC_RELAXED);
    if (n < SITES_MAX)
        __atomic_store_n(&waits.sites[n], s, __ATOMIC_RELEASE);
}

static bool is_site(const struct site *s, uintptr_t object, uint32_t stack, uint32_t epoch)
{
    return s->object == object && s->stack == stack && s->epoch == epoch &&
           !__atomic_load_n(&s->life, __ATOMIC_RELAXED);
}

/* Two that make the same site at once: the slower one's stays unused, in the arena. */
static struct site *site_of(uintptr_t object, uint32_t stack, uint32_t epoch)
{
    struct site *fresh = NULL;
    uint32_t at = hash(object, stack, epoch);
    for (uint32_t tries = 0; tries < SLOTS; tries++, at++) {
        struct site **slot = &waits.slots[at & (SLOTS - 1)];
        struct site *s = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        if (!s) {
            if (!fresh && !(fresh = new_site(object, stack, epoch)))
                return NULL;
            if (__atomic_compare_exchange_n(slot, &s, fresh, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_ACQUIRE)) {
                list_site(fresh);
                return fresh;
            }
        }
        if (is_site(s, object, stack, epoch))
            return s;
    }
    return NULL;
}

static struct site *find_site(uintptr_t object, uint32_t stack)
{
    if (__atomic_load_n(&waits.nsites, __ATOMIC_RELAXED) < SITES_APART)
        return site_of(object, stack, csan__block_epoch());
    return site_of(0, stack, EVERY_MARK);
}

/* ------------------------------------------------------------------ time that nobody could use */

static struct pending *pending_of(int tid)
{
    return &waits.pending[(uint32_t)tid & (PENDING - 1)];
}

/* From now on, or since the last sample of the same holder. */
static void sample(struct pending *p, int tid, int holder)
{
    uint64_t off = csan__load_off_ns(holder);
    if (p->holder == holder) {
        p->holder_off += off - p->holder_base;
    } else if (!p->holder) {
        p->own_base = csan__load_off_ns(tid);
    }
    p->holder_base = off;
    __atomic_store_n(&p->holder, holder, __ATOMIC_RELEASE);
}

static void begin(const struct sync_event *e)
{
    struct pending *p = pending_of(e->thread->tid);
    *p = (struct pending){.tid = e->thread->tid, .began_ns = csan__os_now_ns()};
    if (is_tight() && e->holder_tid)
        sample(p, e->thread->tid, e->holder_tid);
}

/* How much of a wait up to now does not count. */
static void settle(int tid, uint64_t wait_ns, struct longest *out)
{
    struct pending *p = pending_of(tid);
    out->ns = wait_ns;
    int holder = __atomic_load_n(&p->holder, __ATOMIC_ACQUIRE);
    if (p->tid != tid || !holder || wait_ns < FEEL_NS / 200)
        return;
    uint64_t now = csan__load_off_ns(holder);
    out->holder_off_ns = p->holder_off + (now > p->holder_base ? now - p->holder_base : 0);
    out->own_off_ns = csan__load_off_ns(tid) - p->own_base;
    uint64_t off = out->holder_off_ns + out->own_off_ns;
    out->ns = off < wait_ns ? wait_ns - off : 0;
}

static bool was_told(int tid)
{
    const struct pending *p = pending_of(tid);
    return p->tid == tid && __atomic_load_n(&p->is_told, __ATOMIC_RELAXED);
}

/* ------------------------------------------------------------------ events */

/* Several words: one notes them at a time. l: NULL when it is not the longest. */
static void note(struct site *s, const struct longest *l, const struct why *why,
                 const struct sync_event *e)
{
    while (__atomic_exchange_n(&s->is_noting, 1, __ATOMIC_ACQUIRE))
        csan__os_yield();
    csan__why_add(&s->why, why);
    if (l && (l->ns > s->longest.ns || !s->call)) {
        s->longest = *l;
        s->kind = e->lock_kind;
        s->call = e->call;
    }
    __atomic_store_n(&s->is_noting, 0, __ATOMIC_RELEASE);
}

/* True: much longer than the longest so far, and worth the files that tell of the machine. */
static bool look_around(const struct site *s, struct longest *l, const struct sync_event *e)
{
    uint64_t longest = __atomic_load_n(&s->longest.ns, __ATOMIC_RELAXED);
    if (s->call && l->ns <= longest + longest / 8)
        return false;
    l->holder_tid = e->holder_tid;
    l->holder_stack = csan__lock_stack(&e->other);
    l->load = csan__load_now();
    return true;
}

static void end(const struct sync_event *e)
{
    struct longest l = {.ns = 0};
    struct why why;
    settle(e->thread->tid, e->wait_ns, &l);
    csan__contest_end(e, l.ns, &why);
    if (was_told(e->thread->tid)) /* while it went on */
        return;
    struct site *s = find_site(e->object, e->stack);
    if (!s) {
        __atomic_add_fetch(&waits.lost, 1, __ATOMIC_RELAXED);
        return;
    }
    csan__histogram_add(&s->waits, l.ns);
    note(s, look_around(s, &l, e) ? &l : NULL, &why, e);
}

/* Locks at these addresses are no more: who waits here from now on waits for another. */
static void retire(const struct sync_event *e)
{
    uint32_t n = __atomic_load_n(&waits.nsites, __ATOMIC_ACQUIRE);
    uint32_t life = 0;
    for (uint32_t i = 0; i < n && i < SITES_MAX; i++) {
        struct site *s = __atomic_load_n(&waits.sites[i], __ATOMIC_ACQUIRE);
        if (!s || !s->object || s->object - e->object >= (e->bytes ? e->bytes : 1) ||
            __atomic_load_n(&s->life, __ATOMIC_RELAXED))
            continue;
        if (!life)
            life = __atomic_add_fetch(&waits.lives, 1, __ATOMIC_RELAXED);
        csan__contest_gone(s->object);
        s->name = csan__name_of(s->object);
        __atomic_store_n(&s->life, life, __ATOMIC_RELEASE);
    }
}

static void listen(const struct sync_event *e)
{
    if (is_off())
        return;
    switch (e->kind) {
    case SYNC_EVENT_GONE:
        retire(e);
        break;
    case SYNC_EVENT_WAIT_BEGINS:
        if (is_lock(e->lock_kind)) {
            begin(e);
            csan__contest_begin(e);
        }
        break;
    case SYNC_EVENT_WAIT_ENDED:
        csan__contest_napped(e);
        if (is_lock(e->lock_kind))
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
            !is_lock((enum sync_kind)copy.wait.kind) || now_ns - copy.wait.since_ns < FEEL_NS / 4)
            continue;
        struct pending *p = pending_of(t->tid);
        int holder = 0;
        struct held held;
        if (p->tid == t->tid && csan__sync_holder(copy.wait.object, &holder, &held) && holder)
            sample(p, t->tid, holder);
    }
    return false;
}

/* ------------------------------------------------------------------ the verdict */

/* What the sites of one waiter's stack, or of one lock, come to. */
struct sum {
    struct histogram waits;
    struct longest longest;
    struct why why;
    const struct site *at; /* of the longest wait, or of the most waiting */
    bool several;          /* locks */
};

/* "a mutex", "rwlock `rows`, to read". several: not all of them were for the one at this site. */
static void put_lock(struct text *out, const struct site *s, bool several)
{
    const char *name = s->life ? s->name : csan__name_of(s->object);
    if (name && !several && s->object)
        csan__lock_name_as(out, s->kind, s->object, name);
    else
        csan__text_format(out, "a %s",
                          s->kind == SYNC_SPIN ? "spin lock" : csan__lock_noun(s->kind));
    if (s->kind == SYNC_READ || s->kind == SYNC_WRITE)
        csan__text_str(out, s->kind == SYNC_READ ? ", to read" : ", to write");
}

static uint32_t count_sites(void)
{
    return waits.nsites < SITES_MAX ? waits.nsites : SITES_MAX;
}

/* What one verdict looks at: every site, and those of the waits that go on. */
struct view {
    struct site **sites;
    uint32_t count, since;
};

static bool is_judged(const struct site *s, uint32_t since)
{
    return s && s->waits.count && !s->is_told && (s->epoch >= since || s->epoch == EVERY_MARK);
}

static bool is_same_lock(const struct site *a, const struct site *b)
{
    return a->object == b->object && a->life == b->life;
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

static int add_holder(struct findings *out, struct finding *f, const struct longest *l)
{
    char buf[160];
    struct text t = TEXT(buf);
    if (!l->holder_stack)
        return 0;
    csan__text_format(&t, "held by thread %d, which took it", l->holder_tid);
    return add_party(out, f, &t, l->holder_stack);
}

/* Whether the machine had the time to let it go on. */
static int add_load(struct findings *out, struct finding *f, const struct longest *l)
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
static int add_share_of_all(const struct view *v, struct findings *out, struct finding *f,
                            const struct site *at)
{
    char buf[160];
    struct text t = TEXT(buf);
    uint64_t taken = at->object && !at->life ? csan__sync_taken(at->object) : 0, n = 0, ns = 0;
    bool some = taken & SYNC_TAKEN_SOME || is_rwlock(at->kind);
    taken &= ~SYNC_TAKEN_SOME;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->sites[i] && is_same_lock(v->sites[i], at)) {
            n += v->sites[i]->waits.count;
            ns += v->sites[i]->waits.sum;
        }
    if (!n || n > taken)
        return 0;
    csan__text_str(&t, some ? "of at least " : "of ");
    csan__text_count(&t, taken, "acquisition");
    csan__text_str(&t, " of this lock ");
    csan__text_u64(&t, n);
    uint64_t share = n * 1000 / taken; /* of a thousand */
    csan__text_format(&t, " waited (%u.%u %%), mean ", (unsigned)(share / 10),
                      (unsigned)(share % 10));
    csan__text_duration(&t, ns / n);
    return add_party(out, f, &t, 0);
}

/* Of one stack for one lock, from the i-th site, which is the first of them, on; 0: it is not. */
static uint64_t count_path(const struct view *v, uint32_t first)
{
    uint64_t n = 0;
    const struct site *at = v->sites[first];
    for (uint32_t i = 0; i < v->count; i++) {
        const struct site *s = v->sites[i];
        if (!is_judged(s, v->since) || s->stack != at->stack || !is_same_lock(s, at))
            continue;
        if (i < first)
            return 0;
        n += s->waits.count;
    }
    return n;
}

/* By which stacks the waits for a lock came. */
static void count_paths(const struct view *v, struct contested *c, const struct site *at)
{
    for (uint32_t i = 0; i < v->count; i++) {
        if (!is_judged(v->sites[i], v->since) || !is_same_lock(v->sites[i], at))
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

static int add_finding(const struct view *v, struct findings *out, const struct sum *sum,
                       const char *option, uint64_t amount, const struct text *what)
{
    char buf[160];
    struct text note = TEXT(buf);
    struct finding *f = csan__findings_add(out, FINDING_WAIT);
    if (!f)
        return -ENOMEM;
    say_waits(&sum->waits, &note);
    f->stack = sum->at->stack;
    f->option = option;
    f->amount = amount;
    f->count = sum->waits.count;
    if (put(out, &f->what, what) != 0 || put(out, &f->note, &note) != 0 ||
        add_holder(out, f, &sum->longest) != 0)
        return -ENOMEM;
    struct contested c = {.why = sum->why, .waited_ns = sum->waits.sum, .kind = sum->at->kind};
    if (sum->at->object) {
        c.sections = csan__contest_sections(sum->at->object);
        count_paths(v, &c, sum->at);
    }
    csan__remedy_add(&c, out->scratch, f);
    if (!sum->several && add_share_of_all(v, out, f, sum->at) != 0)
        return -ENOMEM;
    return add_load(out, f, &sum->longest);
}

static void add_site(struct sum *sum, const struct site *s)
{
    csan__histogram_merge(&sum->waits, &s->waits);
    csan__why_add(&sum->why, &s->why);
    sum->several |= sum->at && !is_same_lock(sum->at, s);
    if (!sum->at || s->longest.ns > sum->longest.ns) {
        sum->longest = s->longest;
        sum->at = s;
    }
}

/* All sites with the stack of the i-th, which is the first of them. */
static int judge_stack(const struct view *v, uint32_t i, struct sum *sum, struct findings *out)
{
    memset(sum, 0, sizeof *sum);
    for (uint32_t j = i; j < v->count; j++)
        if (is_judged(v->sites[j], v->since) && v->sites[j]->stack == v->sites[i]->stack)
            add_site(sum, v->sites[j]);
    char buf[160];
    struct text what = TEXT(buf);
    uint64_t p99 = csan__histogram_at(&sum->waits, 99);
    if (sum->waits.max > csan__options.max_wait) {
        csan__text_str(&what, sum->at->goes_on ? "has waited " : "waited ");
        csan__text_duration(&what, sum->waits.max);
        csan__text_str(&what, " for ");
        put_lock(&what, sum->at, false);
        return add_finding(v, out, sum, "max_wait", sum->waits.max, &what);
    }
    if (p99 > csan__options.max_wait_p99) {
        csan__text_duration(&what, p99);
        csan__text_format(&what, " is the 99th percentile of ");
        csan__text_count(&what, sum->waits.count, "wait");
        csan__text_str(&what, " for ");
        put_lock(&what, sum->at, sum->several);
        return add_finding(v, out, sum, "max_wait_p99", p99, &what);
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

/* All sites of the lock of the i-th; the place is where the most of the waiting is. */
static int judge_lock(const struct view *v, uint32_t i, struct sum *sum, struct findings *out)
{
    const struct site *most = v->sites[i];
    memset(sum, 0, sizeof *sum);
    for (uint32_t j = i; j < v->count; j++) {
        const struct site *s = v->sites[j];
        if (!is_judged(s, v->since) || !is_same_lock(s, v->sites[i]))
            continue;
        add_site(sum, s);
        most = s->waits.sum > most->waits.sum ? s : most;
    }
    if (sum->waits.sum <= csan__options.max_wait_total || is_reported_at(out, most->stack))
        return 0;
    char buf[160];
    struct text what = TEXT(buf);
    csan__text_duration(&what, sum->waits.sum);
    csan__text_str(&what, " in ");
    csan__text_count(&what, sum->waits.count, "wait");
    csan__text_str(&what, " for ");
    put_lock(&what, most, false);
    sum->at = most;
    return add_finding(v, out, sum, "max_wait_total", sum->waits.sum, &what);
}

/* Is the i-th the first with its stack (or of its lock)? */
static bool is_first(const struct view *v, uint32_t i, bool by_lock)
{
    const struct site *s = v->sites[i];
    if (!is_judged(s, v->since) || (by_lock && !s->object))
        return false;
    for (uint32_t j = 0; j < i; j++)
        if (is_judged(v->sites[j], v->since) &&
            (by_lock ? is_same_lock(v->sites[j], s) : v->sites[j]->stack == s->stack))
            return false;
    return true;
}

/* ------------------------------------------------------------------ waits that go on */

static bool goes_on(const struct thread *t, struct sync *copy)
{
    return t->tid && csan__sync_snapshot(t, copy, NULL, 0) &&
           is_lock((enum sync_kind)copy->wait.kind) && !was_told(t->tid);
}

static int add_going_on(struct view *v, const struct thread *t, const struct waiting *w,
                        struct arena *scratch)
{
    struct site *s = NULL;
    for (uint32_t i = count_sites(); i < v->count && !s; i++)
        if (is_site(v->sites[i], w->object, w->stack, csan__block_epoch()))
            s = v->sites[i];
    if (!s) {
        s = csan__arena_scratch_alloc(scratch, sizeof *s);
        if (!s)
            return -ENOMEM;
        *s = (struct site){
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
    struct longest l = {.ns = 0};
    struct why why;
    settle(t->tid, e.wait_ns, &l);
    csan__contest_so_far(&e, l.ns, &why);
    csan__histogram_add(&s->waits, l.ns);
    note(s, look_around(s, &l, &e) ? &l : NULL, &why, &e);
    return 0;
}

static int gather(struct view *v, struct arena *scratch)
{
    uint32_t more = 0;
    struct sync copy;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        more += goes_on(t, &copy);
    v->sites = csan__arena_scratch_alloc(scratch, (count_sites() + more + 1) * sizeof *v->sites);
    if (!v->sites)
        return -ENOMEM;
    v->count = count_sites();
    memcpy(v->sites, waits.sites, v->count * sizeof *v->sites);
    int failed = 0;
    for (const struct thread *t = csan__thread_first(); t && more && !failed; t = t->next)
        if (goes_on(t, &copy)) {
            failed = add_going_on(v, t, &copy.wait, scratch);
            more--;
        }
    return failed;
}

/* ------------------------------------------------------------------ what session asks */

static struct {
    uint32_t since;
    uint64_t at_ns;
} judged; /* by the last verdict: LOCK_SESSION */

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    (void)w;
    struct view v = {.since = since};
    judged.since = since;
    judged.at_ns = csan__os_now_ns();
    if (is_off())
        return 0;
    struct sum *sum = csan__arena_scratch_alloc(out->scratch, sizeof *sum);
    if (!sum || waits.lost || gather(&v, out->scratch) != 0)
        return -ENOMEM;
    int failed = 0;
    for (uint32_t i = 0; i < v.count && !failed; i++)
        if (is_first(&v, i, false))
            failed = judge_stack(&v, i, sum, out);
    for (uint32_t i = 0; i < v.count && !failed; i++)
        if (csan__options.max_wait_total != OPTION_OFF && is_first(&v, i, true))
            failed = judge_lock(&v, i, sum, out);
    return failed;
}

static void reported(const struct findings *f)
{
    for (uint32_t i = 0; i < count_sites(); i++)
        if (is_judged(waits.sites[i], judged.since) && is_reported_at(f, waits.sites[i]->stack))
            waits.sites[i]->is_told = 1;
    struct sync copy;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        if (goes_on(t, &copy) && copy.wait.since_ns < judged.at_ns &&
            is_reported_at(f, copy.wait.stack))
            __atomic_store_n(&pending_of(t->tid)->is_told, 1, __ATOMIC_RELAXED);
}

/* The child's epoch is a new one; only the sites that serve all of them would speak of its parent.
 */
static void forked(void)
{
    for (uint32_t i = 0; i < count_sites(); i++) {
        if (!waits.sites[i])
            continue;
        if (waits.sites[i]->is_noting)
            waits.sites[i]->is_noting = 0; /* a thread of the parent's was at it */
        if (waits.sites[i]->epoch == EVERY_MARK)
            waits.sites[i]->is_told = 1;
    }
    csan__contest_forked();
}

const struct detector csan__detector_wait = {
    .name = "wait",
    .judge = judge,
    .reported = reported,
    .sync = listen,
    .tick = tick,
    .forked = forked,
};
