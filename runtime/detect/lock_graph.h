/* Which lock was taken while which others were held: a graph that forgets locks as they go.
 *
 *   node (a lock) ──out──▶ edge (held → taken) ──▶ takings: by whom, holding what, from where
 *        ▲                   │ to                            └▶ lock_set, shared by all that held
 * it └──────in───────────┘
 *
 * Grows on csan's arena without a cap; what is forgotten is used again. All but
 * csan__lock_graph_age and the fast way out of csan__lock_graph_forget need LOCK_ORDER, which
 * csan__lock_graph_lock takes. Needs base, record/sync, record/thread; used by detect/order.c. */
#ifndef CSAN_DETECT_LOCK_GRAPH_H
#define CSAN_DETECT_LOCK_GRAPH_H

#include "record/sync.h"

struct lock_link { /* of a hash table */
    struct lock_link *next;
    uint64_t hash;
};

struct lock_node {
    struct lock_link link;
    uintptr_t object;
    struct lock_edge *out, *in;
    bool is_born;   /* its initialisation was seen: its life is known, on a stack too */
    bool on_a_path; /* of a search: order.c */
};

/* What a thread held: sorted; an object's lowest bit is set where it was held to read. */
struct lock_set {
    struct lock_link link;
    uint64_t bloom;
    uint32_t refs, n;
    uintptr_t locks[];
};

struct lock_taking {
    struct lock_taking *next;
    struct lock_set *held;
    int tid;
    uint32_t stack_from, stack_to;
    uint8_t kind_from, kind_to; /* enum sync_kind */
};

struct lock_edge {
    struct lock_link link;
    struct lock_node *from, *to;
    struct lock_edge *next_out, **at_out, *next_in, **at_in;
    struct lock_taking *takings;
};

void csan__lock_graph_lock(void);
void csan__lock_graph_unlock(void);

/* Changes when a lock near this address is forgotten: what was known of it no longer counts. */
CSAN_HOT uint32_t csan__lock_graph_age(uintptr_t object);
/* [object, object + bytes) holds no lock any more. Takes LOCK_ORDER where one was known there. */
void csan__lock_graph_forget(uintptr_t object, size_t bytes);
/* A lock on a stack has been initialised. Takes LOCK_ORDER. */
void csan__lock_graph_born(uintptr_t object);

/* NULL: no memory, or it lies on a thread's stack and its birth was not seen: another lock may have
 * been there before it. */
struct lock_node *csan__lock_graph_node(uintptr_t object);
/* The set, with one more reference; NULL: no memory. */
struct lock_set *csan__lock_graph_set(const struct held *held, uint32_t n);
void csan__lock_graph_drop(struct lock_set *set);
/* The edge, if there is one. */
struct lock_edge *csan__lock_graph_find(const struct lock_node *from, const struct lock_node *to);
/* The edge, made when there is none; NULL: no memory. */
struct lock_edge *csan__lock_graph_edge(struct lock_node *from, struct lock_node *to);
/* The taking if it is new, with a reference to its set; NULL: nothing new, or no memory. */
struct lock_taking *csan__lock_graph_add(struct lock_edge *e, const struct lock_taking *t);
/* No lock is in both, but to be read by both. */
bool csan__lock_graph_is_disjoint(const struct lock_set *a, const struct lock_set *b);

void csan__lock_graph_forked(void);    /* in the child: what the parent has seen is the parent's */
uint32_t csan__lock_graph_count(void); /* nodes */
bool csan__lock_graph_is_valid(void);

#endif
