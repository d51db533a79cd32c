/* What a thread holds: one entry a lock, oldest first. */
#include "base/arena.h"
#include "base/os.h"
#include "record/stack.h"
#include "record/sync_private.h"

#include <string.h>

/* To free memory with a lock in it asks every thread's record, unless there are more. */
#define ASKED_MAX 64u

/* ---- unlocked by another thread than took it ---- */

void csan__sync_disown(int holder_tid, uintptr_t object)
{
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync *s = __atomic_load_n(&t->sync, __ATOMIC_ACQUIRE);
        if (__atomic_load_n(&t->tid, __ATOMIC_ACQUIRE) != holder_tid || !s)
            continue;
        for (uint32_t i = 0; i < SYNC_DISOWNED; i++) {
            uintptr_t none = 0;
            if (__atomic_compare_exchange_n(&s->disowned[i], &none, object, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_RELAXED)) {
                __atomic_add_fetch(&s->ndisowned, 1, __ATOMIC_RELEASE);
                return;
            }
        }
    }
}

static void remove_at(struct sync *s, uint32_t i)
{
    csan__sync_write_begins(s);
    memmove(&s->held[i], &s->held[i + 1], (s->nheld - i - 1) * sizeof *s->held);
    s->nheld--;
    csan__sync_write_ends(s);
}

void csan__sync_drop_disowned(struct sync *s)
{
    for (uint32_t i = 0; i < SYNC_DISOWNED; i++) {
        uintptr_t object = __atomic_load_n(&s->disowned[i], __ATOMIC_ACQUIRE);
        if (!object)
            continue;
        for (uint32_t k = s->nheld; k-- > 0;)
            if (s->held[k].object == object)
                remove_at(s, k);
        __atomic_store_n(&s->disowned[i], 0, __ATOMIC_RELEASE);
        __atomic_sub_fetch(&s->ndisowned, 1, __ATOMIC_RELEASE);
    }
}

/* ---- taking ---- */

static CSAN_ALWAYS_INLINE bool is_worth_a_stack(const struct sync *s, uintptr_t object)
{
    return s->nheld != 0 || csan__sync_is_fought(object) || csan__sync_hold_is_wanted ||
           csan__sync_is_young(object);
}

static CSAN_NOINLINE struct taking look_closer(uintptr_t object, const struct regs *at)
{
    struct taking as = {.stack = csan__stack_here(at)};
    if (csan__sync_hold_is_wanted || csan__sync_is_fought(object))
        as.since_ns = csan__os_now_ns();
    return as;
}

struct taking csan__sync_taking(struct thread *t, uintptr_t object, const struct regs *at)
{
    const struct sync *s = t->sync;
    if (!s || !is_worth_a_stack(s, object))
        return (struct taking){0};
    return look_closer(object, at);
}

static CSAN_COLD bool grow(struct thread *t, struct sync *s)
{
    uint32_t room = s->room * 2;
    struct held *held = csan__arena_alloc(room * sizeof *held);
    if (!held) {
        t->degraded++;
        return false;
    }
    memcpy(held, s->held, s->nheld * sizeof *held);
    csan__sync_write_begins(s);
    s->held = held; /* the old one stays: others may be reading it */
    s->room = room;
    csan__sync_write_ends(s);
    return true;
}

static CSAN_ALWAYS_INLINE void push(struct sync *s, const struct held *h)
{
    csan__sync_write_begins(s);
    s->held[s->nheld] = *h;
    s->nheld++;
    csan__sync_write_ends(s);
}

/* Recursive, or one more read lock. */
static bool deepen(struct sync *s, uintptr_t object, enum sync_kind kind)
{
    for (uint32_t i = s->nheld; i-- > 0;) {
        if (s->held[i].object != object || s->held[i].kind != kind)
            continue;
        csan__sync_write_begins(s);
        s->held[i].depth++;
        csan__sync_write_ends(s);
        return true;
    }
    return false;
}

static CSAN_NOINLINE void took_closely(struct thread *t, struct sync *s, struct held *h,
                                       const struct regs *at)
{
    if (s->nheld && deepen(s, h->object, h->kind))
        return;
    if (!h->stack)
        h->stack = csan__stack_here(at);
    if (!h->since_ns && (csan__sync_hold_is_wanted || csan__sync_is_fought(h->object)))
        h->since_ns = csan__os_now_ns();
    csan__sync_note_peace(h->object);
    if (s->nheld == s->room && !grow(t, s))
        return;
    push(s, h);
    if (s->nheld < 2 || (h->flags & HELD_TRIED))
        return;
    struct sync_event e = {.kind = SYNC_EVENT_TOOK_INSIDE,
                           .thread = t,
                           .object = h->object,
                           .lock_kind = h->kind,
                           .stack = h->stack,
                           .got_it = true};
    csan__sync_tell(&e);
}

void csan__sync_took_as(struct thread *t, uintptr_t object, enum sync_kind kind,
                        const struct regs *at, const struct taking *as)
{
    struct sync *s = csan__sync_of(t);
    if (CSAN_UNLIKELY(!s))
        return;
    csan__sync_settle(t, s, at);
    csan__sync_note_seen(object, kind);
    struct held h = {.object = object,
                     .pc = at->pc,
                     .sp = at->sp,
                     .stack = as->stack,
                     .kind = (uint8_t)kind,
                     .flags = as->flags,
                     .depth = 1,
                     .since_ns = as->since_ns};
    if (CSAN_UNLIKELY(is_worth_a_stack(s, object)))
        took_closely(t, s, &h, at);
    else
        push(s, &h);
}

void csan__sync_took(struct thread *t, uintptr_t object, enum sync_kind kind, const struct regs *at)
{
    struct taking as = {0};
    csan__sync_took_as(t, object, kind, at, &as);
}

void csan__sync_took_back(struct thread *t, const struct held *was)
{
    struct sync *s = csan__sync_of(t);
    if (!s || (s->nheld == s->room && !grow(t, s)))
        return;
    struct held h = *was;
    h.since_ns = was->since_ns ? csan__os_now_ns() : 0;
    push(s, &h);
}

/* ---- giving back ---- */

static CSAN_NOINLINE void tell_gave(struct thread *t, const struct held *h)
{
    struct sync_event e = {.kind = SYNC_EVENT_GAVE,
                           .thread = t,
                           .object = h->object,
                           .lock_kind = h->kind,
                           .stack = h->stack,
                           .hold_ns = csan__os_now_ns() - h->since_ns,
                           .other = *h};
    csan__sync_tell(&e);
}

/* One in sixteen, by the clock: what it costs stays out of the way of who waits. */
static bool is_sampled(const struct held *h)
{
    return (h->since_ns >> 4 & 15) == 0;
}

bool csan__sync_gave(struct thread *t, uintptr_t object, struct held *was)
{
    struct sync *s = csan__sync_of(t);
    if (CSAN_UNLIKELY(!s))
        return false;
    if (CSAN_UNLIKELY(__atomic_load_n(&s->ndisowned, __ATOMIC_RELAXED)))
        csan__sync_drop_disowned(s);
    for (uint32_t i = s->nheld; i-- > 0;) {
        struct held *h = &s->held[i];
        if (h->object != object)
            continue;
        if (was)
            *was = *h;
        if (CSAN_UNLIKELY(h->depth > 1)) {
            csan__sync_write_begins(s);
            h->depth--;
            csan__sync_write_ends(s);
            return true;
        }
        if (CSAN_UNLIKELY(h->since_ns) && (csan__sync_hold_is_wanted || is_sampled(h)))
            tell_gave(t, h);
        if (CSAN_LIKELY(i + 1 == s->nheld)) {
            csan__sync_write_begins(s);
            s->nheld = i;
            csan__sync_write_ends(s);
        } else {
            remove_at(s, i);
        }
        return true;
    }
    return false;
}

/* ---- held when it should not be ---- */

/* What the thread that had this record held when it ended. */
void csan__sync_tell_left(struct thread *t, const struct sync *s)
{
    for (uint32_t i = 0; i < s->nheld; i++) {
        if (s->held[i].flags & HELD_ROBUST)
            continue;
        struct sync_event e = {.misuse = MISUSE_EXIT_HOLDING,
                               .object = s->held[i].object,
                               .lock_kind = s->held[i].kind,
                               .call = "thread exit",
                               .holder_tid = s->tid < 0 ? -s->tid : s->tid,
                               .other = s->held[i]};
        csan__sync_misused(t, &e, NULL);
    }
}

void csan__sync_ends(struct thread *t, uint32_t stack)
{
    struct sync *s = t->sync;
    if (!s || s->tid != t->tid)
        return;
    csan__sync_drop_disowned(s);
    for (uint32_t i = 0; i < s->nheld; i++) {
        if (s->held[i].flags & (HELD_ROBUST | HELD_INHERITED))
            continue;
        struct sync_event e = {.kind = SYNC_EVENT_MISUSE,
                               .misuse = MISUSE_END_HOLDING,
                               .thread = t,
                               .object = s->held[i].object,
                               .lock_kind = s->held[i].kind,
                               .stack = stack,
                               .holder_tid = t->tid,
                               .other = s->held[i]};
        csan__sync_tell(&e);
    }
}

static uint32_t find_in(const struct sync *s, uintptr_t start, size_t bytes, uint32_t from)
{
    while (from < s->nheld && s->held[from].object - start >= bytes)
        from++;
    return from;
}

/* All of libc's locks begin with the word that says so; it may have been unlocked by a function
 * that is not watched. */
static bool is_locked(const struct held *h)
{
    uint32_t word = *(const uint32_t *)h->object;
    return h->kind == SYNC_SPIN ? word != 1 : word != 0;
}

static void tell_freed(struct thread *t, int holder_tid, const struct held *h,
                       const struct regs *at)
{
    if (!is_locked(h))
        return;
    struct sync_event e = {.misuse = MISUSE_FREE_HELD,
                           .object = h->object,
                           .lock_kind = h->kind,
                           .call = "free",
                           .holder_tid = holder_tid,
                           .other = *h};
    csan__sync_misused(t, &e, at);
}

static void freed_of_others(struct thread *self, uintptr_t start, size_t bytes,
                            const struct regs *at)
{
    uint32_t asked = 0;
    for (struct thread *t = csan__thread_first(); t && asked < ASKED_MAX; t = t->next, asked++) {
        const struct sync *s = __atomic_load_n(&t->sync, __ATOMIC_ACQUIRE);
        if (t == self || !s || !__atomic_load_n(&s->nheld, __ATOMIC_RELAXED))
            continue;
        struct held room[64];
        struct sync copy;
        if (!csan__sync_snapshot(t, &copy, room, CSAN_COUNT(room)))
            continue;
        for (uint32_t i = 0; (i = find_in(&copy, start, bytes, i)) < copy.nheld; i++)
            tell_freed(self, copy.tid, &room[i], at);
    }
}

void csan__sync_freed(struct thread *t, uintptr_t start, size_t bytes, const struct regs *at)
{
    if (!csan__sync_may_hold_pages(start, bytes))
        return;
    struct sync *s = csan__sync_of(t);
    if (s && s->ndisowned)
        csan__sync_drop_disowned(s);
    for (uint32_t i = 0; s && (i = find_in(s, start, bytes, i)) < s->nheld;) {
        tell_freed(t, t->tid, &s->held[i], at);
        remove_at(s, i);
    }
    freed_of_others(t, start, bytes, at);
    csan__sync_gone(t, start, bytes, "free");
}
