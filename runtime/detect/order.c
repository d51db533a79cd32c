/* lock-order: locks that are taken in both orders, or in a circle of more than two.
 *
 *   a lock is taken inside others ─▶ seen before: one look-up ─▶ done
 *                                 └▶ lock_graph.c: one edge for each that is held
 *                                     └▶ new: search for a way back ─▶ inversion
 *
 * A way back counts when it could deadlock (Bensalem and Havelund's extension of Goodlock, 2005):
 * each of its edges was taken by another thread, no two of them held one and the same lock (a gate)
 * at the time unless both to read, and at each lock of the circle one of the two that meet there
 * does not only read. A lock that was tried is no edge: nobody would have waited. Inversions are
 * never unlinked: read without a lock. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "detect/lock_graph.h"
#include "detect/lock_name.h"
#include "record/block.h"
#include "record/name.h"

#include <errno.h>
#include <string.h>

#define SEEN (1u << 20) /* hashes; touched as they are used */
#define CIRCLE_MAX 7u   /* edges: FINDING_PARTIES has room for them */
#define STEPS_MAX 4096u /* of one search */
_Static_assert(CIRCLE_MAX < FINDING_PARTIES, "each edge is a party");

struct inverted {
    uintptr_t from, to;
    const char *name_from, *name_to; /* that the program gave; NULL: none */
    uint32_t stack_from, stack_to;
    int tid;
    enum sync_kind kind_from, kind_to;
};

struct inversion {
    struct inversion *next;
    uint64_t locks, places; /* hashes: of which locks, of where they are taken */
    uint32_t epoch, count;
    uint32_t reported;
    uint32_t nedges;
    struct inverted edges[];
};

static struct {
    uint64_t *seen; /* SEEN hashes; NULL: not made yet */
    struct inversion *first;
} order; /* first: LOCK_ORDER to add to it */

struct step {
    const struct lock_edge *edge;
    const struct lock_taking *taking;
};

struct search {
    struct step path[CIRCLE_MAX];
    uint32_t length, max, steps;
};

/* ------------------------------------------------------------------ is it a circle? */

static bool both_read(uint8_t a, uint8_t b)
{
    return a == SYNC_READ && b == SYNC_READ;
}

static bool fits(const struct search *s, const struct lock_taking *t)
{
    if (both_read(s->path[s->length - 1].taking->kind_to, t->kind_from))
        return false;
    for (uint32_t i = 0; i < s->length; i++)
        if (s->path[i].taking->tid == t->tid ||
            !csan__lock_graph_is_disjoint(s->path[i].taking->held, t->held))
            return false;
    return true;
}

static bool closes(struct search *s)
{
    const struct step *first = &s->path[0];
    const struct lock_edge *e =
        csan__lock_graph_find(s->path[s->length - 1].edge->to, first->edge->from);
    for (const struct lock_taking *t = e ? e->takings : NULL; t; t = t->next)
        if (!both_read(t->kind_to, first->taking->kind_from) && fits(s, t)) {
            s->path[s->length++] = (struct step){e, t};
            return true;
        }
    return false;
}

static bool go_on(struct search *s);

static bool go_along(struct search *s, const struct lock_edge *e)
{
    e->to->on_a_path = true;
    for (const struct lock_taking *t = e->takings; t; t = t->next) {
        if (!fits(s, t))
            continue;
        s->path[s->length++] = (struct step){e, t};
        if (go_on(s)) {
            e->to->on_a_path = false;
            return true;
        }
        s->length--;
    }
    e->to->on_a_path = false;
    return false;
}

/* Depth first, at most max edges; true: the path is a circle. */
static bool go_on(struct search *s)
{
    if (s->length + 1 == s->max)
        return closes(s);
    for (const struct lock_edge *e = s->path[s->length - 1].edge->to->out; e; e = e->next_out) {
        if (s->steps++ >= STEPS_MAX)
            return false;
        if (!e->to->on_a_path && go_along(s, e))
            return true;
    }
    return false;
}

/* Shortest first. */
static bool find(struct search *s, const struct lock_edge *e, const struct lock_taking *t)
{
    bool found = false;
    if (!e->to->out || !e->from->in)
        return false;
    e->from->on_a_path = e->to->on_a_path = true;
    s->steps = 0;
    for (s->max = 2; !found && s->max <= CIRCLE_MAX && s->steps < STEPS_MAX; s->max++) {
        s->path[0] = (struct step){e, t};
        s->length = 1;
        found = go_on(s);
    }
    e->from->on_a_path = e->to->on_a_path = false;
    return found;
}

/* ------------------------------------------------------------------ keeping it */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

/* The same locks at other places, or other locks at the same places, are the same defect. */
static void keep(const struct search *s)
{
    uint64_t locks = 0, places = 0;
    for (uint32_t i = 0; i < s->length; i++) {
        locks += mix((uintptr_t)s->path[i].edge->from);
        places += mix(s->path[i].taking->stack_to);
    }
    for (struct inversion *v = order.first; v; v = v->next)
        if (v->locks == locks || v->places == places) {
            v->count += v->locks != locks;
            v->epoch = csan__block_epoch();
            return;
        }
    struct inversion *v = csan__arena_alloc(sizeof *v + s->length * sizeof v->edges[0]);
    if (!v)
        return;
    v->locks = locks;
    v->places = places;
    v->epoch = csan__block_epoch();
    v->count = 1;
    v->nedges = s->length;
    for (uint32_t i = 0; i < s->length; i++) {
        const struct lock_taking *t = s->path[i].taking;
        v->edges[i] = (struct inverted){.from = s->path[i].edge->from->object,
                                        .to = s->path[i].edge->to->object,
                                        .name_from = csan__name_of(s->path[i].edge->from->object),
                                        .name_to = csan__name_of(s->path[i].edge->to->object),
                                        .stack_from = t->stack_from,
                                        .stack_to = t->stack_to,
                                        .tid = t->tid,
                                        .kind_from = (enum sync_kind)t->kind_from,
                                        .kind_to = (enum sync_kind)t->kind_to};
    }
    v->next = order.first;
    __atomic_store_n(&order.first, v, __ATOMIC_RELEASE);
}

/* ------------------------------------------------------------------ as it happens */

static uint64_t hash_of(const struct held *held, uint32_t n, const struct held *taken, int tid)
{
    uint64_t h = mix(taken->object + ((uint64_t)(uint32_t)tid << 32)) ^ (taken->kind == SYNC_READ) ^
                 (uint64_t)csan__lock_graph_age(taken->object) << 1;
    for (uint32_t i = 0; i < n; i++)
        h += mix(held[i].object ^ (held[i].kind == SYNC_READ) ^
                 (uint64_t)csan__lock_graph_age(held[i].object) << 48);
    h = mix(h);
    return h ? h : 1;
}

static uint64_t *seen_at(uint64_t hash)
{
    uint64_t *seen = __atomic_load_n(&order.seen, __ATOMIC_ACQUIRE);
    return seen ? &seen[hash & (SEEN - 1)] : NULL;
}

static void remember(uint64_t hash)
{
    if (!order.seen)
        __atomic_store_n(&order.seen, csan__os_map(SEEN * sizeof *order.seen), __ATOMIC_RELEASE);
    uint64_t *at = seen_at(hash);
    if (at)
        __atomic_store_n(at, hash, __ATOMIC_RELAXED);
}

static void join(const struct held *from, const struct held *to, struct lock_set *held, int tid)
{
    struct search s;
    struct lock_node *a = csan__lock_graph_node(from->object);
    struct lock_node *b = csan__lock_graph_node(to->object);
    struct lock_edge *e = a && b && a != b ? csan__lock_graph_edge(a, b) : NULL;
    if (!e)
        return;
    struct lock_taking what = {.held = held,
                               .tid = tid,
                               .stack_from = csan__lock_stack(from),
                               .stack_to = csan__lock_stack(to),
                               .kind_from = from->kind,
                               .kind_to = to->kind};
    const struct lock_taking *t = csan__lock_graph_add(e, &what);
    if (t && find(&s, e, t))
        keep(&s);
}

/* The newest entry of the thread's is the lock that was taken. */
static void take(const struct sync_event *e)
{
    const struct sync *s = csan__sync_self(e->thread);
    if (!s || s->nheld < 2 || e->timed)
        return;
    uint32_t n = s->nheld - 1;
    const struct held *taken = &s->held[n];
    uint64_t hash = hash_of(s->held, n, taken, e->thread->tid);
    const uint64_t *at = seen_at(hash);
    if (at && __atomic_load_n(at, __ATOMIC_RELAXED) == hash)
        return;
    csan__lock_graph_lock();
    struct lock_set *held = csan__lock_graph_set(s->held, n);
    if (held) {
        for (uint32_t i = 0; i < n; i++)
            join(&s->held[i], taken, held, e->thread->tid);
        csan__lock_graph_drop(held);
        remember(hash);
    }
    csan__lock_graph_unlock();
}

static void hear(const struct sync_event *e)
{
    if (!csan__options.lock_order)
        return;
    if (e->kind == SYNC_EVENT_TOOK_INSIDE)
        take(e);
    if (e->kind != SYNC_EVENT_GONE)
        return;
    csan__lock_graph_forget(e->object, e->bytes);
    if (!e->call) /* initialised */
        csan__lock_graph_born(e->object);
}

/* ------------------------------------------------------------------ the verdict */

static void put_from(struct text *out, const struct inverted *e)
{
    csan__lock_name_as(out, e->kind_from, e->from, e->name_from);
}

static const char *say(const struct inversion *v, struct arena *scratch)
{
    char room[256];
    struct text t = TEXT(room);
    if (v->nedges == 2) {
        put_from(&t, &v->edges[0]);
        csan__text_str(&t, " and ");
        csan__lock_name_as(&t, v->edges[0].kind_to, v->edges[0].to, v->edges[0].name_to);
        csan__text_str(&t, " are taken in both orders");
    } else {
        csan__text_count(&t, v->nedges, "lock");
        csan__text_str(&t, " are taken in a circle: ");
        for (uint32_t i = 0; i < v->nedges; i++) {
            csan__text_str(&t, i ? ", " : "");
            put_from(&t, &v->edges[i]);
        }
    }
    if (v->count > 1) {
        csan__text_str(&t, " (and ");
        csan__text_number(&t, v->count - 1);
        csan__text_str(&t, " more such at these places)");
    }
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static void add_order(const struct inverted *e, struct arena *scratch, struct finding *f)
{
    char room[192];
    struct text t = TEXT(room);
    csan__text_format(&t, "thread %d takes ", e->tid);
    csan__lock_put(&t, e->to, e->name_to);
    csan__text_str(&t, " after ");
    csan__lock_put(&t, e->from, e->name_from);
    csan__lock_party(scratch, f, room, e->stack_to);
}

static void add_hold(const struct inverted *e, const char *before, struct arena *scratch,
                     struct finding *f)
{
    char room[192];
    struct text t = TEXT(room);
    csan__text_str(&t, before);
    put_from(&t, e);
    csan__text_str(&t, ", taken");
    csan__lock_party(scratch, f, room, e->stack_from);
}

static int add(struct inversion *v, struct findings *out)
{
    struct finding *f = csan__findings_add(out, FINDING_LOCK_ORDER);
    if (!f || !(f->what = say(v, out->scratch)))
        return -ENOMEM;
    f->stack = v->edges[0].stack_to;
    f->amount = v->count;
    f->count = v->count;
    f->option = "lock_order";
    f->source = v;
    add_hold(&v->edges[0], "holding ", out->scratch, f);
    bool is_short = 2 * v->nedges - 1 <= FINDING_PARTIES;
    for (uint32_t i = 1; i < v->nedges; i++) {
        add_order(&v->edges[i], out->scratch, f);
        if (is_short)
            add_hold(&v->edges[i], "and held ", out->scratch, f);
    }
    return 0;
}

static int judge(uint32_t since, const struct world *world, struct findings *out)
{
    (void)world;
    int failed = 0;
    for (struct inversion *v = __atomic_load_n(&order.first, __ATOMIC_ACQUIRE); v && !failed;
         v = v->next)
        if (v->epoch >= since && !v->reported)
            failed = add(v, out);
    return failed;
}

static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_LOCK_ORDER)
            ((struct inversion *)one->source)->reported = 1;
}

static void forked(void)
{
    if (order.seen)
        csan__os_unmap(order.seen, SEEN * sizeof *order.seen);
    memset(&order, 0, sizeof order);
    csan__lock_graph_forked();
}

const struct detector csan__detector_order = {
    .name = "lock-order",
    .judge = judge,
    .reported = reported,
    .sync = hear,
    .hears = SYNC_HEARS(TOOK_INSIDE) | SYNC_HEARS(GONE),
    .forked = forked,
};
