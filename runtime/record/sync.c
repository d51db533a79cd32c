#include "record/sync.h"
#include "base/arena.h"
#include "base/os.h"
#include "record/stack.h"
#include "record/sync_private.h"

#include <string.h>

#define SNAPSHOT_TRIES 100

static struct {
    uint32_t nlisteners;
    struct {
        void (*hear)(const struct sync_event *e);
        uint32_t kinds;
    } listeners[SYNC_LISTENERS];
} sync;

bool csan__sync_hold_is_wanted;

/* ---- listeners ---- */

void csan__sync_listen(void (*fn)(const struct sync_event *e), uint32_t kinds)
{
    for (uint32_t i = 0; i < sync.nlisteners; i++)
        if (sync.listeners[i].hear == fn)
            return;
    CSAN_CHECK(sync.nlisteners < SYNC_LISTENERS);
    sync.listeners[sync.nlisteners].kinds = kinds;
    sync.listeners[sync.nlisteners++].hear = fn;
}

void csan__sync_tell(const struct sync_event *e)
{
    for (uint32_t i = 0; i < sync.nlisteners; i++)
        if (sync.listeners[i].kinds >> e->kind & 1)
            sync.listeners[i].hear(e);
}

void csan__sync_want_hold(bool wanted)
{
    csan__sync_hold_is_wanted = wanted;
    memset(csan__sync_quick, 0, sizeof csan__sync_quick);
}

void csan__sync_misused(struct thread *t, struct sync_event *e, const struct regs *at)
{
    e->kind = SYNC_EVENT_MISUSE;
    e->thread = t;
    e->stack = at ? csan__stack_here(at) : 0;
    csan__sync_tell(e);
}

/* ---- one thread's record ---- */

struct sync *csan__sync_begin_self(struct thread *t)
{
    struct sync *s = t->sync;
    if (!s) {
        s = csan__arena_alloc(sizeof *s);
        if (!s) {
            t->degraded++;
            return NULL;
        }
        s->held = s->inline_held;
        s->room = SYNC_HELD_INLINE;
        s->tid = t->tid;
        __atomic_store_n(&t->sync, s, __ATOMIC_RELEASE);
        return s;
    }
    csan__sync_drop_disowned(s);
    csan__sync_tell_left(t, s);
    csan__sync_write_begins(s);
    s->nheld = 0;
    s->once = NULL;
    memset(&s->wait, 0, sizeof s->wait);
    s->tid = t->tid;
    s->unsettled = 0;
    csan__sync_write_ends(s);
    return s;
}

struct sync *csan__sync_self(struct thread *t)
{
    return csan__sync_of(t);
}

/* ---- read by others ---- */

static bool is_disowned(const struct sync *s, uintptr_t object)
{
    for (uint32_t i = 0; i < SYNC_DISOWNED; i++)
        if (s->disowned[i] == object)
            return true;
    return false;
}

static void leave_out_disowned(struct sync *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->nheld; i++)
        if (!is_disowned(out, out->held[i].object))
            out->held[kept++] = out->held[i];
    out->nheld = kept;
}

bool csan__sync_snapshot(const struct thread *t, struct sync *out, struct held *room, uint32_t max)
{
    const struct sync *s = __atomic_load_n(&t->sync, __ATOMIC_ACQUIRE);
    memset(out, 0, sizeof *out);
    out->held = room;
    if (!s)
        return true;
    for (int i = 0; i < SNAPSHOT_TRIES; i++) {
        uint32_t before = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
        if (before & 1) {
            csan__os_yield();
            continue;
        }
        memcpy(out, s, sizeof *out);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&s->sequence, __ATOMIC_RELAXED) != before)
            continue;
        out->nheld = out->nheld < max ? out->nheld : max;
        memcpy(room, out->held, out->nheld * sizeof *room);
        out->held = room;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&s->sequence, __ATOMIC_RELAXED) != before)
            continue;
        if (out->tid != __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE)) {
            out->nheld = 0; /* a dead thread's, whose record another has now */
            out->wait.kind = SYNC_NONE;
        }
        if (out->ndisowned)
            leave_out_disowned(out);
        return true;
    }
    return false;
}

static bool find_held(const struct thread *t, uintptr_t object, struct held *out)
{
    struct held room[64];
    struct sync copy;
    if (!csan__sync_snapshot(t, &copy, room, CSAN_COUNT(room)))
        return false;
    for (uint32_t i = copy.nheld; i-- > 0;) {
        if (room[i].object == object) {
            *out = room[i];
            return true;
        }
    }
    return false;
}

bool csan__sync_find_holder(uintptr_t object, int *tid, struct held *out, uint32_t asked)
{
    for (const struct thread *t = csan__thread_first(); t && asked; t = t->next, asked--) {
        int of = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE);
        if (!of || (*tid && of != *tid))
            continue;
        if (find_held(t, object, out)) {
            *tid = of;
            return true;
        }
    }
    return false;
}

bool csan__sync_holder(uintptr_t object, int *tid, struct held *out)
{
    return csan__sync_find_holder(object, tid, out, UINT32_MAX);
}

/* ---- fork ---- */

void csan__sync_forked(void)
{
    struct thread *self = csan__thread_self;
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync *s = t->sync;
        if (!s)
            continue;
        s->sequence &= ~1u;
        memset(s->disowned, 0, sizeof s->disowned);
        s->ndisowned = 0;
        s->tid = t->tid;
        if (t == self) {
            for (uint32_t i = 0; i < s->nheld; i++)
                s->held[i].flags |= HELD_INHERITED;
            continue;
        }
        s->nheld = 0;
        s->wait.kind = SYNC_NONE;
        s->unsettled = 1;
    }
}
