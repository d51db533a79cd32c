#include "detect/lock_graph.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "record/thread.h"

#include <string.h>

#define GRANULE_SHIFT                                                                              \
    9 /* nodes are hashed by 512 bytes of addresses, so that ranges can be asked */
#define SLOTS (1u << 16)
#define LOOKED_AT 64u /* granules asked one by one before the lock is taken */
#define TABLE_FIRST 1024u
#define ROOMS 48u
#define TAKINGS_MAX 16u /* of an edge */
#define ALIKE_MAX 4u    /* threads that are kept of takings that are else alike */

struct table {
    struct lock_link **buckets;
    size_t nbuckets, count;
};

/* What is known of a granule without the lock: a maybe, since granules share slots. */
struct slot {
    uint16_t nodes; /* UINT16_MAX: that many or more, for ever */
    uint16_t age;
};

static struct {
    struct lock lock;
    struct table nodes, edges, sets;
    void *spare[ROOMS]; /* by room_of() */
    struct slot slots[SLOTS];
} graph = {.lock = LOCK_INIT(LOCK_ORDER)};

void csan__lock_graph_lock(void)
{
    csan__lock_take(&graph.lock);
}

void csan__lock_graph_unlock(void)
{
    csan__lock_give(&graph.lock);
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

/* ------------------------------------------------------------------ memory */

/* 16, 32 … 256 bytes, then powers of 2. */
static uint32_t room_of(size_t bytes, size_t *whole)
{
    if (bytes <= 256) {
        *whole = csan__base_round_up(bytes, 16);
        return (uint32_t)(*whole / 16);
    }
    uint32_t room = 17;
    for (*whole = 512; *whole < bytes; *whole *= 2)
        room++;
    return room;
}

static void *make(size_t bytes)
{
    size_t whole;
    uint32_t room = room_of(bytes, &whole);
    void *p = room < ROOMS ? graph.spare[room] : NULL;
    if (!p)
        return room < ROOMS ? csan__arena_alloc(whole) : NULL;
    graph.spare[room] = *(void **)p; /* a spare piece begins with the next one's address */
    memset(p, 0, whole);
    return p;
}

static void unmake(void *p, size_t bytes)
{
    size_t whole;
    uint32_t room = room_of(bytes, &whole);
    *(void **)p = graph.spare[room];
    graph.spare[room] = p;
}

/* ------------------------------------------------------------------ tables */

static struct lock_link *first_of(const struct table *t, uint64_t hash)
{
    return t->nbuckets ? t->buckets[hash & (t->nbuckets - 1)] : NULL;
}

static bool grow(struct table *t)
{
    size_t n = t->nbuckets ? t->nbuckets * 2 : TABLE_FIRST;
    struct lock_link **buckets = csan__os_map(n * sizeof *buckets);
    if (!buckets)
        return false;
    for (size_t i = 0; i < t->nbuckets; i++)
        for (struct lock_link *l = t->buckets[i], *next; l; l = next) {
            next = l->next;
            l->next = buckets[l->hash & (n - 1)];
            buckets[l->hash & (n - 1)] = l;
        }
    if (t->buckets)
        csan__os_unmap(t->buckets, t->nbuckets * sizeof *t->buckets);
    t->buckets = buckets;
    t->nbuckets = n;
    return true;
}

/* A table that cannot grow is slower, no more. */
static bool insert(struct table *t, struct lock_link *l, uint64_t hash)
{
    if (t->count >= t->nbuckets && !grow(t) && !t->nbuckets)
        return false;
    struct lock_link **bucket = &t->buckets[hash & (t->nbuckets - 1)];
    l->hash = hash;
    l->next = *bucket;
    *bucket = l;
    t->count++;
    return true;
}

static void take_out(struct table *t, struct lock_link *l)
{
    struct lock_link **at = &t->buckets[l->hash & (t->nbuckets - 1)];
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    t->count--;
}

static void drop_table(struct table *t)
{
    if (t->buckets)
        csan__os_unmap(t->buckets, t->nbuckets * sizeof *t->buckets);
    memset(t, 0, sizeof *t);
}

/* ------------------------------------------------------------------ locks */

static uint64_t granule_hash(uintptr_t object)
{
    return mix(object >> GRANULE_SHIFT);
}

static struct slot *slot_of(uintptr_t object)
{
    return &graph.slots[granule_hash(object) & (SLOTS - 1)];
}

uint32_t csan__lock_graph_age(uintptr_t object)
{
    return __atomic_load_n(&slot_of(object)->age, __ATOMIC_RELAXED);
}

static struct lock_node *find_node(uintptr_t object)
{
    struct lock_link *l = first_of(&graph.nodes, granule_hash(object));
    while (l && ((struct lock_node *)l)->object != object)
        l = l->next;
    return (struct lock_node *)l;
}

static struct lock_node *make_node(uintptr_t object, bool is_born)
{
    struct lock_node *n = make(sizeof *n);
    if (!n)
        return NULL;
    n->object = object;
    n->is_born = is_born;
    if (!insert(&graph.nodes, &n->link, granule_hash(object))) {
        unmake(n, sizeof *n);
        return NULL;
    }
    struct slot *s = slot_of(object);
    if (s->nodes != UINT16_MAX)
        __atomic_store_n(&s->nodes, (uint16_t)(s->nodes + 1), __ATOMIC_RELAXED);
    return n;
}

static bool is_on_a_stack(uintptr_t object)
{
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        if (t->tid && object >= t->stack_lo && object < t->stack_hi)
            return true;
    return false;
}

struct lock_node *csan__lock_graph_node(uintptr_t object)
{
    struct lock_node *n = find_node(object);
    if (n || is_on_a_stack(object))
        return n;
    return make_node(object, false);
}

/* Of others that lie elsewhere the life is known without: by free, by destroy. */
void csan__lock_graph_born(uintptr_t object)
{
    const struct thread *self = csan__thread_self;
    if (!self || object < self->stack_lo || object >= self->stack_hi)
        return;
    csan__lock_graph_lock();
    if (!find_node(object))
        make_node(object, true);
    csan__lock_graph_unlock();
}

/* ------------------------------------------------------------------ sets */

static uintptr_t as_member(const struct held *h)
{
    return h->object | (h->kind == SYNC_READ);
}

/* Locks are taken in any order, and mostly few of them. */
static void sort(uintptr_t *a, uint32_t n)
{
    for (uint32_t gap = n / 2; gap; gap /= 2)
        for (uint32_t i = gap; i < n; i++)
            for (uint32_t k = i; k >= gap && a[k - gap] > a[k]; k -= gap) {
                uintptr_t other = a[k];
                a[k] = a[k - gap];
                a[k - gap] = other;
            }
}

static bool is_same_set(const struct lock_set *a, const struct lock_set *b)
{
    return a->link.hash == b->link.hash && a->n == b->n &&
           memcmp(a->locks, b->locks, a->n * sizeof a->locks[0]) == 0;
}

static size_t set_bytes(uint32_t n)
{
    return sizeof(struct lock_set) + n * sizeof(uintptr_t);
}

struct lock_set *csan__lock_graph_set(const struct held *held, uint32_t n)
{
    struct lock_set *set = make(set_bytes(n));
    if (!set)
        return NULL;
    set->n = n;
    uint64_t hash = n;
    for (uint32_t i = 0; i < n; i++) {
        set->locks[i] = as_member(&held[i]);
        set->bloom |= 1ull << (mix(held[i].object) >> 58);
        hash += mix(set->locks[i]);
    }
    sort(set->locks, n);
    set->link.hash = mix(hash);
    struct lock_link *l = first_of(&graph.sets, set->link.hash);
    while (l && !is_same_set((struct lock_set *)l, set))
        l = l->next;
    if (l || !insert(&graph.sets, &set->link, set->link.hash)) {
        unmake(set, set_bytes(n));
        set = (struct lock_set *)l;
    }
    if (set)
        set->refs++;
    return set;
}

void csan__lock_graph_drop(struct lock_set *set)
{
    if (--set->refs)
        return;
    take_out(&graph.sets, &set->link);
    unmake(set, set_bytes(set->n));
}

bool csan__lock_graph_is_disjoint(const struct lock_set *a, const struct lock_set *b)
{
    if (!(a->bloom & b->bloom))
        return true;
    for (uint32_t i = 0, k = 0; i < a->n && k < b->n;) {
        uintptr_t x = a->locks[i] & ~(uintptr_t)1, y = b->locks[k] & ~(uintptr_t)1;
        if (x == y && !(a->locks[i] & b->locks[k] & 1))
            return false;
        i += x <= y;
        k += y <= x;
    }
    return true;
}

/* ------------------------------------------------------------------ edges */

static uint64_t edge_hash(const struct lock_node *from, const struct lock_node *to)
{
    return mix(mix((uintptr_t)from) + (uintptr_t)to);
}

struct lock_edge *csan__lock_graph_find(const struct lock_node *from, const struct lock_node *to)
{
    for (struct lock_link *l = first_of(&graph.edges, edge_hash(from, to)); l; l = l->next) {
        struct lock_edge *e = (struct lock_edge *)l;
        if (e->from == from && e->to == to)
            return e;
    }
    return NULL;
}

struct lock_edge *csan__lock_graph_edge(struct lock_node *from, struct lock_node *to)
{
    struct lock_edge *e = csan__lock_graph_find(from, to);
    if (e || !(e = make(sizeof *e)))
        return e;
    if (!insert(&graph.edges, &e->link, edge_hash(from, to))) {
        unmake(e, sizeof *e);
        return NULL;
    }
    e->from = from;
    e->to = to;
    e->next_out = from->out;
    e->at_out = &from->out;
    if (e->next_out)
        e->next_out->at_out = &e->next_out;
    from->out = e;
    e->next_in = to->in;
    e->at_in = &to->in;
    if (e->next_in)
        e->next_in->at_in = &e->next_in;
    to->in = e;
    return e;
}

static void drop_taking(struct lock_taking *t)
{
    csan__lock_graph_drop(t->held);
    unmake(t, sizeof *t);
}

static void drop_edge(struct lock_edge *e)
{
    for (struct lock_taking *t = e->takings, *next; t; t = next) {
        next = t->next;
        drop_taking(t);
    }
    *e->at_out = e->next_out;
    if (e->next_out)
        e->next_out->at_out = e->at_out;
    *e->at_in = e->next_in;
    if (e->next_in)
        e->next_in->at_in = e->at_in;
    take_out(&graph.edges, &e->link);
    unmake(e, sizeof *e);
}

static bool is_read(uint8_t kind)
{
    return kind == SYNC_READ;
}

/* Newest first; an edge that has had many forgets its oldest. */
struct lock_taking *csan__lock_graph_add(struct lock_edge *e, const struct lock_taking *t)
{
    uint32_t n = 0, alike = 0;
    struct lock_taking **last = &e->takings;
    for (struct lock_taking *x = e->takings; x; x = x->next) {
        bool same = x->held == t->held && is_read(x->kind_from) == is_read(t->kind_from) &&
                    is_read(x->kind_to) == is_read(t->kind_to);
        alike += same;
        if ((same && x->tid == t->tid) || alike == ALIKE_MAX)
            return NULL;
        if (++n < TAKINGS_MAX)
            last = &x->next;
    }
    if (n == TAKINGS_MAX) {
        drop_taking(*last);
        *last = NULL;
    }
    struct lock_taking *one = make(sizeof *one);
    if (!one && !e->takings)
        drop_edge(e); /* nobody has taken them so */
    if (!one)
        return NULL;
    *one = *t;
    one->held->refs++;
    one->next = e->takings;
    e->takings = one;
    return one;
}

/* ------------------------------------------------------------------ forgetting */

static void drop_node(struct lock_node *n)
{
    while (n->out)
        drop_edge(n->out);
    while (n->in)
        drop_edge(n->in);
    struct slot *s = slot_of(n->object);
    __atomic_store_n(&s->age, (uint16_t)(s->age + 1), __ATOMIC_RELAXED);
    if (s->nodes != UINT16_MAX)
        __atomic_store_n(&s->nodes, (uint16_t)(s->nodes - 1), __ATOMIC_RELAXED);
    take_out(&graph.nodes, &n->link);
    unmake(n, sizeof *n);
}

static void forget_in(struct lock_link *l, uintptr_t object, size_t bytes)
{
    for (struct lock_link *next; l; l = next) {
        struct lock_node *n = (struct lock_node *)l;
        next = l->next;
        if (n->object - object < bytes)
            drop_node(n);
    }
}

static bool may_be_known(uintptr_t object, size_t granules)
{
    for (size_t i = 0; i < granules; i++)
        if (__atomic_load_n(&slot_of(object + (i << GRANULE_SHIFT))->nodes, __ATOMIC_RELAXED))
            return true;
    return false;
}

void csan__lock_graph_forget(uintptr_t object, size_t bytes)
{
    bytes = bytes ? bytes : 1;
    size_t granules = ((object + bytes - 1) >> GRANULE_SHIFT) - (object >> GRANULE_SHIFT) + 1;
    if (granules <= LOOKED_AT && !may_be_known(object, granules))
        return;
    csan__lock_graph_lock();
    if (granules > graph.nodes.nbuckets)
        for (size_t i = 0; i < graph.nodes.nbuckets; i++)
            forget_in(graph.nodes.buckets[i], object, bytes);
    else
        for (size_t i = 0; i < granules; i++)
            forget_in(first_of(&graph.nodes, granule_hash(object + (i << GRANULE_SHIFT))), object,
                      bytes);
    csan__lock_graph_unlock();
}

/* The nodes' memory is not used again: to go through it would copy all of it. */
void csan__lock_graph_forked(void)
{
    drop_table(&graph.nodes);
    drop_table(&graph.edges);
    drop_table(&graph.sets);
    for (uint32_t i = 0; i < SLOTS; i++)
        if (graph.slots[i].nodes)
            graph.slots[i] = (struct slot){.age = (uint16_t)(graph.slots[i].age + 1)};
}

/* ------------------------------------------------------------------ checks */

uint32_t csan__lock_graph_count(void)
{
    return (uint32_t)graph.nodes.count;
}

static bool is_node_valid(const struct lock_node *n)
{
    for (const struct lock_edge *e = n->out; e; e = e->next_out)
        if (e->from != n || *e->at_out != e || csan__lock_graph_find(n, e->to) != e)
            return false;
    for (const struct lock_edge *e = n->in; e; e = e->next_in)
        if (e->to != n || *e->at_in != e || !e->takings)
            return false;
    return !n->on_a_path && slot_of(n->object)->nodes > 0;
}

bool csan__lock_graph_is_valid(void)
{
    size_t nodes = 0, sets = 0;
    for (size_t i = 0; i < graph.nodes.nbuckets; i++)
        for (const struct lock_link *l = graph.nodes.buckets[i]; l; l = l->next, nodes++)
            if (!is_node_valid((const struct lock_node *)l))
                return false;
    for (size_t i = 0; i < graph.sets.nbuckets; i++)
        for (const struct lock_link *l = graph.sets.buckets[i]; l; l = l->next, sets++)
            if (((const struct lock_set *)l)->refs == 0)
                return false;
    return nodes == graph.nodes.count && sets == graph.sets.count;
}
