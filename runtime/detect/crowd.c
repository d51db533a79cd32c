#include "detect/crowd.h"
#include "base/os.h"
#include "base/text.h"

#include <errno.h>
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
    }
    memset(room.groups, 0, room.nslots * sizeof *room.groups);
    return true;
}

/* There are more slots than threads: one is found. */
static struct crowd_group *group_of(const struct waiting *w)
{
    for (uint32_t at = w->stack * 0x9e3779b1u;; at++) {
        struct crowd_group *g = &room.groups[at & (room.nslots - 1)];
        if (!g->threads)
            *g = (struct crowd_group){.stack = w->stack,
                                      .kind = w->kind,
                                      .object = w->object,
                                      .call = w->call,
                                      .is_one_object = true};
        if (g->stack == w->stack && g->kind == w->kind)
            return g;
    }
}

static void add(const struct waiting *w, uint64_t ns)
{
    struct crowd_group *g = group_of(w);
    g->threads++;
    g->timed += w->timed;
    g->is_one_object &= g->object == w->object;
    g->ns_max = ns > g->ns_max ? ns : g->ns_max;
}

static bool comes_first(const struct crowd_group *a, const struct crowd_group *b)
{
    return a->threads != b->threads ? a->threads > b->threads : a->ns_max > b->ns_max;
}

/* The few largest are of interest: they are brought to the front, the rest stays as it is. */
#define SORTED 8u

static uint32_t pack(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < room.nslots; i++)
        if (room.groups[i].threads)
            room.groups[n++] = room.groups[i];
    for (uint32_t i = 0; i < n && i < SORTED; i++)
        for (uint32_t j = i + 1; j < n; j++)
            if (comes_first(&room.groups[j], &room.groups[i])) {
                struct crowd_group g = room.groups[i];
                room.groups[i] = room.groups[j];
                room.groups[j] = g;
            }
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
        add(w, ns);
        out->waiting++;
    }
    out->groups = room.groups;
    out->ngroups = pack();
    return true;
}

int csan__crowd_party(struct findings *out, struct finding *f, const struct crowd_group *g)
{
    char buf[128];
    struct text t = TEXT(buf);
    if (f->nparties == FINDING_PARTIES)
        return 0;
    csan__text_count(&t, g->threads, "thread");
    csan__text_format(&t, g->threads == 1 ? " waits in %s" : " wait in %s",
                      g->call ? g->call : "a call");
    struct finding_party *p = &f->parties[f->nparties];
    p->label = csan__arena_scratch_copy(out->scratch, buf, t.len);
    p->stack = g->stack;
    f->nparties += p->label != NULL;
    return p->label ? 0 : -ENOMEM;
}
