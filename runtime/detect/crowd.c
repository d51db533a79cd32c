#include "detect/crowd.h"
#include "base/os.h"
#include "base/sort.h"
#include "detect/lock_name.h"
#include "record/name.h"

#include <string.h>

static struct {
    struct crowd_group *groups; /* open addressing by stack, then packed and sorted */
    uint32_t nslots;            /* a power of 2, twice the threads there are */
} room;                         /* guarded by LOCK_TICK */

static uint32_t count_records(void)
{
    uint32_t n = 0;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        n++;
    return n;
}

static bool make_room(uint32_t threads)
{
    uint32_t n = 64;
    while (n < threads * 2)
        n *= 2;
    if (n > room.nslots) {
        struct crowd_group *groups = csan__os_map(n * sizeof *groups);
        if (!groups)
            return false;
        if (room.groups)
            csan__os_unmap(room.groups, room.nslots * sizeof *groups);
        room.groups = groups;
        room.nslots = n;
    } else {
        memset(room.groups, 0, room.nslots * sizeof *room.groups);
    }
    return true;
}

/* There are more slots than threads: one is found. */
static struct crowd_group *group_of(const struct waiting *w)
{
    for (uint32_t at = w->stack * 0x9e3779b1u;; at++) {
        struct crowd_group *g = &room.groups[at & (room.nslots - 1)];
        if (!g->threads || (g->stack == w->stack && g->kind == w->kind))
            return g;
    }
}

void csan__crowd_add(struct crowd_group *g, const struct waiting *w, int tid)
{
    if (!g->threads)
        *g = (struct crowd_group){.stack = w->stack,
                                  .kind = w->kind,
                                  .object = w->object,
                                  .call = w->call,
                                  .is_one_object = true};
    if (g->threads < CROWD_TIDS)
        g->tids[g->threads] = tid;
    g->threads++;
    g->timed += w->timed;
    g->is_one_object &= g->object == w->object;
}

static void add(const struct waiting *w, int tid, uint64_t ns)
{
    struct crowd_group *g = group_of(w);
    csan__crowd_add(g, w, tid);
    g->ns_min = g->threads == 1 || ns < g->ns_min ? ns : g->ns_min;
    g->ns_max = ns > g->ns_max ? ns : g->ns_max;
}

static int compare(const void *one, const void *other)
{
    const struct crowd_group *a = one, *b = other;
    if (a->threads != b->threads)
        return a->threads > b->threads ? -1 : 1;
    return (a->ns_max < b->ns_max) - (a->ns_max > b->ns_max);
}

void csan__crowd_name(struct crowd_group *g)
{
    bool has_address = g->kind != SYNC_JOIN && g->kind < SYNC_IO;
    g->name = has_address && g->is_one_object ? csan__name_of(g->object) : NULL;
}

static uint32_t pack(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < room.nslots; i++)
        if (room.groups[i].threads)
            room.groups[n++] = room.groups[i];
    for (uint32_t i = 0; i < n; i++)
        csan__crowd_name(&room.groups[i]);
    csan__sort(room.groups, n, sizeof *room.groups, compare);
    return n;
}

bool csan__crowd_look(uint64_t now_ns, uint64_t at_least_ns, struct crowd *out)
{
    if (!make_room(count_records() + 64))
        return false;
    memset(out, 0, sizeof *out);
    uint32_t seen = 0;
    for (const struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync copy;
        if (!__atomic_load_n(&t->tid, __ATOMIC_RELAXED) || t->foreign || ++seen > room.nslots / 2 ||
            !csan__sync_snapshot(t, &copy, NULL, 0))
            continue;
        const struct waiting *w = &copy.wait;
        uint64_t ns = now_ns > w->since_ns ? now_ns - w->since_ns : 0;
        if (w->kind == SYNC_NONE || ns < at_least_ns || copy.tid != t->tid) {
            out->others++;
            continue;
        }
        add(w, t->tid, ns);
        out->waiting++;
    }
    out->groups = room.groups;
    out->ngroups = out->waiting ? pack() : 0;
    return true;
}

void csan__crowd_put(struct text *out, const struct crowd_group *g)
{
    csan__text_count(out, g->threads, "thread");
    if (g->kind == SYNC_NONE && !g->call)
        csan__text_str(out, g->threads == 1 ? " runs" : " run");
    else if (g->kind == SYNC_NONE)
        csan__text_format(out, g->threads == 1 ? " sleeps in %s" : " sleep in %s", g->call);
    else
        csan__text_format(out, g->threads == 1 ? " waits in %s" : " wait in %s",
                          g->call ? g->call : "a call");
}

bool csan__crowd_put_object(struct text *out, const struct crowd_group *g)
{
    if (!g->object || !g->is_one_object || (g->threads == 1 && !g->name))
        return false;
    csan__text_str(out, g->threads > 1 ? "all for " : "for ");
    if (g->name)
        csan__lock_name_as(out, (enum sync_kind)g->kind, g->object, g->name);
    else
        csan__text_format(out, "one %s", csan__lock_noun((enum sync_kind)g->kind));
    return true;
}

void csan__crowd_party(struct findings *out, struct finding *f, const struct crowd_group *g)
{
    char label[192];
    struct text t = TEXT(label);
    csan__crowd_put(&t, g);
    if (g->name) {
        csan__text_str(&t, " for ");
        csan__lock_name_as(&t, (enum sync_kind)g->kind, g->object, g->name);
    }
    struct finding_party *p = csan__lock_party(out->scratch, f, label, g->stack);
    if (p)
        p->threads = g->threads;
}
