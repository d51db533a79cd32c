#include "detect/contest.h"
#include "detect/lock_name.h"
#include "base/os.h"
#include "record/stack.h"

#include <string.h>

#define SLOT_BITS 10
#define TAKINGS 16u
#define NAPS 8u

struct taking_seen {
    uint64_t at_ns;
    uint32_t stack;
};

struct nap_seen {
    uint64_t from_ns, to_ns;
    uint32_t stack;
    enum sync_kind kind;
    const char *call;
    uintptr_t object;
};

struct contest {
    uint32_t busy; /* one at a time */
    uint32_t waiting;
    uintptr_t object; /* 0: unused */
    uint32_t ntakings, nnaps;
    struct sections sections;
    struct taking_seen takings[TAKINGS]; /* the i-th at i % TAKINGS */
    struct nap_seen naps[NAPS];
};

static struct contest contests[1u << SLOT_BITS]; /* by a hash of the address */
static bool is_used;                             /* set once, by any thread */

static struct contest *place_of(uintptr_t object)
{
    return &contests[(object * 0x9e3779b97f4a7c15u) >> (64 - SLOT_BITS)];
}

static void enter(struct contest *c)
{
    while (__atomic_exchange_n(&c->busy, 1, __ATOMIC_ACQUIRE))
        csan__os_yield();
}

static void leave(struct contest *c)
{
    __atomic_store_n(&c->busy, 0, __ATOMIC_RELEASE);
}

/* Entered; NULL: nothing is known of this lock. */
static struct contest *find(uintptr_t object)
{
    struct contest *c = place_of(object);
    if (__atomic_load_n(&c->object, __ATOMIC_RELAXED) != object)
        return NULL;
    enter(c);
    if (c->object == object)
        return c;
    leave(c);
    return NULL;
}

/* ------------------------------------------------------------------ reasons */

static void add_nap(struct nap *to, const struct nap *from)
{
    uint64_t ns = to->ns + from->ns;
    if (from->longest_ns > to->longest_ns)
        *to = *from;
    to->ns = ns;
}

/* Of a lock that was not fought over yet, its holder's innermost frame is all that is known. */
static bool is_same_place(uint32_t one, uint32_t other)
{
    struct stack_view a, b;
    if (one == other)
        return true;
    return csan__stack_get(one, &a) && csan__stack_get(other, &b) &&
           (a.depth == 1 || b.depth == 1) && a.pcs[0] == b.pcs[0];
}

static void add_share(struct holder_share *to, const struct holder_share *from)
{
    struct holder_share *least = to;
    if (!from->stack)
        return;
    for (uint32_t i = 0; i < WHY_HOLDERS; i++) {
        if (is_same_place(to[i].stack, from->stack)) {
            to[i].ns += from->ns;
            return;
        }
        if (to[i].ns < least->ns)
            least = &to[i];
    }
    if (from->ns > least->ns)
        *least = *from;
}

void csan__why_add(struct why *to, const struct why *from)
{
    add_nap(&to->call, &from->call);
    add_nap(&to->lock, &from->lock);
    to->handed += from->handed;
    to->crowded += from->crowded;
    to->met_writer += from->met_writer;
    to->to_write += from->to_write;
    for (uint32_t i = 0; i < WHY_HOLDERS; i++)
        add_share(to->holders, &from->holders[i]);
}

static bool is_lock(enum sync_kind kind)
{
    return kind <= SYNC_SPIN;
}

/* The part of a nap that lies within the wait. */
static void lay_over(const struct nap_seen *n, uint64_t from_ns, uint64_t to_ns, struct why *out)
{
    uint64_t from = n->from_ns > from_ns ? n->from_ns : from_ns;
    uint64_t to = n->to_ns < to_ns ? n->to_ns : to_ns;
    if (from >= to)
        return;
    struct nap part = {.ns = to - from,
                       .longest_ns = to - from,
                       .stack = n->stack,
                       .kind = n->kind,
                       .call = n->call,
                       .object = n->object};
    add_nap(is_lock(n->kind) ? &out->lock : &out->call, &part);
}

/* Several readers may nap at once: no more than the wait. */
static void limit(struct nap *n, uint64_t ns)
{
    n->ns = n->ns < ns ? n->ns : ns;
    n->longest_ns = n->longest_ns < ns ? n->longest_ns : ns;
}

/* From who held it at first to who got it last before the end. */
static void share_out(const struct contest *c, const struct held *first, uint64_t from_ns,
                      uint64_t to_ns, struct why *out)
{
    struct holder_share now = {.stack = csan__lock_stack(first)};
    uint64_t since = from_ns;
    uint32_t oldest = c->ntakings > TAKINGS ? c->ntakings - TAKINGS : 0;
    for (uint32_t i = oldest; i < c->ntakings; i++) {
        const struct taking_seen *t = &c->takings[i % TAKINGS];
        if (t->at_ns <= since || t->at_ns >= to_ns)
            continue;
        now.ns = t->at_ns - since;
        add_share(out->holders, &now);
        now.stack = t->stack;
        since = t->at_ns;
    }
    now.ns = to_ns - since;
    add_share(out->holders, &now);
}

static void explain(const struct contest *c, const struct sync_event *e, uint64_t ns,
                    struct why *out)
{
    uint64_t from_ns = e->at_ns - e->wait_ns;
    share_out(c, &e->other, from_ns, e->at_ns, out);
    for (uint32_t i = 0; i < WHY_HOLDERS && ns < e->wait_ns; i++) /* what counts of it, alike */
        out->holders[i].ns = (uint64_t)((unsigned __int128)out->holders[i].ns * ns / e->wait_ns);
    for (uint32_t i = 0; i < NAPS; i++)
        lay_over(&c->naps[i], from_ns, e->at_ns, out);
    limit(&out->call, ns);
    limit(&out->lock, ns);
}

/* libc names the one who writes, and the record those who read. */
static bool meets_writer(const struct sync_event *e)
{
    return (e->lock_kind == SYNC_READ || e->lock_kind == SYNC_WRITE) && e->holder_tid &&
           (!e->other.object || e->other.kind == SYNC_WRITE);
}

/* ------------------------------------------------------------------ events */

void csan__contest_begin(const struct sync_event *e)
{
    struct contest *c = place_of(e->object);
    __atomic_store_n(&is_used, true, __ATOMIC_RELAXED);
    enter(c);
    if (c->object != e->object && c->waiting == 0) {
        memset(c, 0, sizeof *c);
        c->busy = 1;
        __atomic_store_n(&c->object, e->object, __ATOMIC_RELAXED);
    }
    c->waiting += c->object == e->object;
    leave(c);
}

void csan__contest_end(const struct sync_event *e, uint64_t ns, struct why *out)
{
    memset(out, 0, sizeof *out);
    out->met_writer = meets_writer(e);
    out->to_write = out->met_writer && e->lock_kind == SYNC_WRITE;
    struct contest *c = find(e->object);
    if (!c)
        return;
    explain(c, e, ns, out);
    c->waiting -= c->waiting > 0;
    if (e->got_it) {
        out->handed = 1;
        out->crowded = c->waiting >= 2;
        c->takings[c->ntakings++ % TAKINGS] =
            (struct taking_seen){.at_ns = e->at_ns, .stack = e->stack};
    }
    leave(c);
}

void csan__contest_left(uintptr_t object)
{
    struct contest *c = find(object);
    if (!c)
        return;
    c->waiting -= c->waiting > 0;
    leave(c);
}

void csan__contest_section(const struct sync_event *e)
{
    struct contest *c = find(e->object);
    if (!c)
        return;
    c->sections.count++;
    c->sections.brief += e->hold_ns < SECTION_BRIEF_NS;
    leave(c);
}

void csan__contest_napped(const struct sync_event *e)
{
    const struct sync *s = csan__sync_self(e->thread);
    for (uint32_t i = 0; s && i < s->nheld; i++) {
        struct contest *c = find(s->held[i].object);
        if (!c)
            continue;
        c->naps[c->nnaps++ % NAPS] = (struct nap_seen){.from_ns = e->at_ns - e->wait_ns,
                                                       .to_ns = e->at_ns,
                                                       .stack = e->stack,
                                                       .kind = e->lock_kind,
                                                       .call = e->call,
                                                       .object = e->object};
        leave(c);
    }
}

/* ------------------------------------------------------------------ waits that go on */

static bool find_sleep(int tid, struct waiting *out)
{
    for (const struct thread *t = csan__thread_first(); t && tid; t = t->next) {
        struct sync copy;
        if (t->tid != tid || !csan__sync_snapshot(t, &copy, NULL, 0))
            continue;
        *out = copy.wait;
        return copy.wait.kind != SYNC_NONE;
    }
    return false;
}

void csan__contest_so_far(const struct sync_event *e, uint64_t ns, struct why *out)
{
    int tid = 0;
    struct held now;
    memset(out, 0, sizeof *out);
    if (!csan__sync_holder(e->object, &tid, &now))
        tid = 0;
    struct contest *c = find(e->object);
    if (c) {
        explain(c, e, ns, out);
        leave(c);
    }
    struct waiting w;
    if (!find_sleep(tid, &w))
        return;
    struct nap_seen n = {.from_ns = w.since_ns,
                         .to_ns = e->at_ns,
                         .stack = w.stack,
                         .kind = (enum sync_kind)w.kind,
                         .call = w.call,
                         .object = w.object};
    lay_over(&n, e->at_ns - e->wait_ns, e->at_ns, out);
    limit(&out->call, ns);
    limit(&out->lock, ns);
}

struct sections csan__contest_sections(uintptr_t object)
{
    struct contest *c = find(object);
    if (!c)
        return (struct sections){0};
    struct sections s = c->sections;
    leave(c);
    return s;
}

void csan__contest_gone(uintptr_t object)
{
    struct contest *c = find(object);
    if (!c)
        return;
    c->sections = (struct sections){0};
    leave(c);
}

/* Whoever was among them is no more. */
void csan__contest_forked(void)
{
    for (uint32_t i = 0; is_used && i < 1u << SLOT_BITS; i++)
        if (contests[i].object || contests[i].busy)
            memset(&contests[i], 0, sizeof contests[i]);
    is_used = false;
}
