#include "detect/givers.h"
#include "detect/lock_name.h"
#include "base/os.h"
#include "base/text.h"

#include <errno.h>

#define GIVERS 4096u
#define TRIES 64u

static struct {
    struct giver all[GIVERS]; /* by object, open addressing; each word written atomically */
    uint32_t count;
} givers;

/* NULL: no room, or not there. */
static struct giver *find(uintptr_t object, bool make)
{
    uint32_t at = (uint32_t)((object * 0x9e3779b97f4a7c15u) >> 40);
    for (uint32_t i = 0; i < TRIES; i++, at++) {
        struct giver *g = &givers.all[at % GIVERS];
        uintptr_t seen = __atomic_load_n(&g->object, __ATOMIC_ACQUIRE);
        if (seen == object)
            return g;
        if (seen)
            continue;
        if (!make)
            return NULL;
        if (__atomic_compare_exchange_n(&g->object, &seen, object, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE)) {
            __atomic_add_fetch(&givers.count, 1, __ATOMIC_RELAXED);
            return g;
        }
        if (seen == object)
            return g;
    }
    return NULL;
}

/* NULL: all places are taken by others. */
static struct giver_site *site_of(struct giver *g, uint32_t stack)
{
    for (uint32_t i = 0; i < GIVER_SITES; i++) {
        uint32_t seen = __atomic_load_n(&g->sites[i].stack, __ATOMIC_RELAXED);
        if (seen == stack)
            return &g->sites[i];
        if (!seen && __atomic_compare_exchange_n(&g->sites[i].stack, &seen, stack, false,
                                                 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return &g->sites[i];
        if (seen == stack)
            return &g->sites[i];
    }
    return NULL;
}

static void note(const struct sync_event *e)
{
    struct giver *g = find(e->object, true);
    if (!g)
        return;
    struct giver_site *s = site_of(g, e->stack);
    if (s) {
        __atomic_store_n(&s->tid, e->thread->tid, __ATOMIC_RELAXED);
        __atomic_store_n(&s->call, e->call, __ATOMIC_RELAXED);
        __atomic_store_n(&s->times, s->times + 1, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&g->last_ns, csan__os_now_ns(), __ATOMIC_RELAXED);
    __atomic_store_n(&g->given, true, __ATOMIC_RELAXED);
}

/* The place in the table stays taken, by an object that nobody gives to. */
static void forget(const struct sync_event *e)
{
    if (!__atomic_load_n(&givers.count, __ATOMIC_RELAXED))
        return;
    for (uint32_t i = 0; i < GIVERS; i++) {
        struct giver *g = &givers.all[i];
        uintptr_t object = __atomic_load_n(&g->object, __ATOMIC_RELAXED);
        if (!object || object - e->object >= (e->bytes ? e->bytes : 1))
            continue;
        __atomic_store_n(&g->given, false, __ATOMIC_RELAXED);
        for (uint32_t j = 0; j < GIVER_SITES; j++) {
            __atomic_store_n(&g->sites[j].times, 0, __ATOMIC_RELAXED);
            __atomic_store_n(&g->sites[j].stack, 0, __ATOMIC_RELAXED);
        }
    }
}

void csan__givers_hear(const struct sync_event *e)
{
    if (e->kind == SYNC_EVENT_POSTED)
        note(e);
    else if (e->kind == SYNC_EVENT_GONE)
        forget(e);
}

struct giver csan__givers_of(uintptr_t object)
{
    const struct giver *g = object ? find(object, false) : NULL;
    return g ? *g : (struct giver){.given = false};
}

static bool waits_at(int tid, uint32_t stack)
{
    struct sync copy;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        if (__atomic_load_n(&t->tid, __ATOMIC_ACQUIRE) == tid)
            return csan__sync_snapshot(t, &copy, NULL, 0) && copy.wait.kind != SYNC_NONE &&
                   copy.wait.stack == stack;
    return false;
}

bool csan__givers_wait_at(const struct giver *g, uint32_t stack)
{
    bool all = true;
    for (uint32_t i = 0; i < GIVER_SITES && all; i++)
        all = !g->sites[i].times || waits_at(g->sites[i].tid, stack);
    return all;
}

static int add_party(struct finding *f, const struct text *label, uint32_t stack,
                     struct findings *out)
{
    if (f->nparties == FINDING_PARTIES)
        return 0;
    const char *copy = csan__arena_scratch_copy(out->scratch, label->buf, label->len);
    if (!copy)
        return -ENOMEM;
    f->parties[f->nparties++] = (struct finding_party){.label = copy, .stack = stack};
    return 0;
}

static int tell_nobody(uint32_t kind, struct finding *f, struct findings *out)
{
    char buf[64];
    struct text t = TEXT(buf);
    if (kind != SYNC_COND && kind != SYNC_SEMAPHORE)
        return 0;
    csan__text_format(&t, "nobody has ever %s it", kind == SYNC_COND ? "signalled" : "posted");
    return add_party(f, &t, 0, out);
}

int csan__givers_tell(const struct giver *g, uint32_t kind, uint64_t now_ns, struct finding *f,
                      struct findings *out)
{
    int failed = 0;
    if (!g->given)
        return tell_nobody(kind, f, out);
    for (uint32_t i = 0; i < GIVER_SITES && !failed; i++) {
        const struct giver_site *s = &g->sites[i];
        char buf[160];
        struct text t = TEXT(buf);
        if (!s->times)
            continue;
        csan__text_format(&t, "%s came ", s->call ? s->call : "it");
        csan__text_count(&t, s->times, "time");
        csan__text_format(&t, ", last from thread %d", s->tid);
        if (i == 0 && now_ns > g->last_ns) {
            csan__text_str(&t, g->sites[1].times ? "; the last of all " : ", ");
            csan__text_duration(&t, now_ns - g->last_ns);
            csan__text_str(&t, " ago");
        }
        failed = add_party(f, &t, s->stack, out);
    }
    return failed;
}

/* "thread 4711, which took it 3.2 s ago" */
static int tell_holder(struct finding *f, const struct held *held, int tid, uint64_t now_ns,
                       struct findings *out)
{
    char buf[96];
    struct text t = TEXT(buf);
    csan__text_format(&t, "held by thread %d, which took it", tid);
    if (held->since_ns && now_ns > held->since_ns) {
        csan__text_str(&t, " ");
        csan__text_duration(&t, now_ns - held->since_ns);
        csan__text_str(&t, " ago");
    }
    struct finding_party *p = &f->parties[f->nparties++];
    p->stack = csan__lock_stack(held);
    p->label = csan__arena_scratch_copy(out->scratch, buf, t.len);
    return p->label ? 0 : -ENOMEM;
}

int csan__givers_tell_of(const struct crowd_group *g, uint64_t now_ns, struct finding *f,
                         struct findings *out)
{
    struct held held;
    int tid = 0;
    if (csan__sync_holder(g->object, &tid, &held))
        return tell_holder(f, &held, tid, now_ns, out);
    struct giver giver = csan__givers_of(g->object);
    return csan__givers_tell(&giver, g->kind, now_ns, f, out);
}
