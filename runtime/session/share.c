/* The functions of csan_share.h: guard, the caller's registers, detect/share_*, leave. */
#include "base/text.h"
#include "detect/share.h"
#include "record/colour.h"
#include "record/stack.h"
#include "session/share.h"

#define PUBLIC(type, name, params)                                                                 \
    CSAN_API type csan_##name params;                                                              \
    CSAN_API extern __typeof(csan_##name) csan_api_##name __attribute__((alias("csan_" #name)));

PUBLIC(struct share_owner *, cache, (const char *name, size_t max_bytes, size_t max_entries))
PUBLIC(void *, publish, (struct share_owner * o, void *p, size_t n))
PUBLIC(void *, publish_fixed, (struct share_owner * o, void *p, size_t n))
PUBLIC(const void *, share, (const void *p))
PUBLIC(void, release, (const void *p))
PUBLIC(void *, writable, (struct share_owner * o, void *p))
PUBLIC(void, sealed, (struct share_owner * o, void *p))
PUBLIC(void, mutable, (const void *p, size_t n))
PUBLIC(void, evict, (struct share_owner * o, void *p))
PUBLIC(struct share_owner *, pool, (const char *name, size_t max_capacity, unsigned flags))
PUBLIC(void *, lend, (struct share_owner * o, void *p, size_t used, size_t capacity))
PUBLIC(void *, give_back, (struct share_owner * o, void *p, size_t used, size_t capacity))
PUBLIC(void, forget, (struct share_owner * o, void *p))
PUBLIC(void, touch, (const void *p, const char *hint))
PUBLIC(void, expected_ref, (const void *where, size_t n, const char *why))

/* ---- calls of signal handlers */

#define QUEUE 256u

/* state: 0 free, 1 being written, 2 waits */
static struct waiting {
    uint32_t state;
    bool is_release;
    int tid;
    const void *p;
    uintptr_t pc;
} queue[QUEUE];
static uint32_t queue_end, queue_begin; /* begin: of who holds queue_lock */
static uint32_t queue_lock;
uint32_t csan__share_waiting;

/* A full queue forgets: then more is released than was shared, or the other way about, and the
 * buffer may be reported. 256 calls within one call of csan's are not to be expected. */
static CSAN_COLD void wait_for_turn(bool is_release, const void *p, uintptr_t pc)
{
    struct thread *t = csan__thread_self;
    if (!t || !t->inside || !csan__session_is_armed())
        return;
    uint32_t at = __atomic_fetch_add(&queue_end, 1, __ATOMIC_RELAXED) % QUEUE, empty = 0;
    if (!__atomic_compare_exchange_n(&queue[at].state, &empty, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return;
    queue[at].is_release = is_release;
    queue[at].tid = t->tid;
    queue[at].p = p;
    queue[at].pc = pc;
    __atomic_store_n(&queue[at].state, 2, __ATOMIC_RELEASE);
    __atomic_fetch_add(&csan__share_waiting, 1, __ATOMIC_RELEASE);
}

static void carry_out(const struct waiting *w)
{
    struct thread who = {.tid = w->tid};
    struct regs at = {.pc = w->pc};
    struct share_call c = {.self = &who, .at = &at, .stack = csan__stack_keep(&w->pc, 1, true)};
    if (w->is_release)
        csan__cache_release(&c, w->p);
    else
        csan__cache_share(&c, w->p);
}

void csan__share_catch_up(void)
{
    if (__atomic_exchange_n(&queue_lock, 1, __ATOMIC_ACQUIRE))
        return;
    while (__atomic_load_n(&queue[queue_begin % QUEUE].state, __ATOMIC_ACQUIRE) == 2) {
        struct waiting w = queue[queue_begin % QUEUE];
        __atomic_store_n(&queue[queue_begin % QUEUE].state, 0, __ATOMIC_RELEASE);
        queue_begin++;
        __atomic_fetch_sub(&csan__share_waiting, 1, __ATOMIC_RELAXED);
        carry_out(&w);
    }
    __atomic_store_n(&queue_lock, 0, __ATOMIC_RELEASE);
}

void csan__share_say_unmet(void)
{
    const char *why = csan__precise_unmet();
    char buf[256];
    struct text t = TEXT(buf);
    if (!why)
        return;
    csan__text_format(&t,
                      "csan: share=precise: %s; what is published from now on may be checked as "
                      "share=cheap does\n",
                      why);
    csan__log_line(buf, t.len);
}

void csan__share_forked(void)
{
    static const char line[] =
        "csan: share=precise: no memory for a copy: what this process stores "
        "into published buffers reaches its parent\n";
    if (csan__colour_is_shared_with_parent())
        csan__log_line(line, sizeof line - 1);
    queue_lock = 0;
}

__attribute__((used)) static void (*const taken_too)(const void *) = csan_uthash_found;

/* ---- caches */

static CSAN_ALWAYS_INLINE struct thread *enter(void)
{
    return csan__share_enter();
}

static CSAN_ALWAYS_INLINE void leave(struct thread *t)
{
    csan__share_leave(t);
}

struct share_owner *csan_cache(const char *name, size_t max_bytes, size_t max_entries)
{
    struct thread *t = enter();
    if (!t)
        return NULL;
    struct share_owner *o = csan__share_owner_add(name, false);
    if (o) {
        o->bytes_max = max_bytes;
        o->entries_max = max_entries;
    }
    leave(t);
    return o;
}

#define CALL()                                                                                     \
    {                                                                                              \
        .self = t, .at = &at                                                                       \
    }

void *csan_publish(struct share_owner *o, void *p, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return p;
    struct share_call c = CALL();
    p = csan__cache_publish(&c, csan__share_owner_of(o, false), p, n, false);
    leave(t);
    return p;
}

void *csan_publish_fixed(struct share_owner *o, void *p, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return p;
    struct share_call c = CALL();
    p = csan__cache_publish(&c, csan__share_owner_of(o, false), p, n, true);
    leave(t);
    return p;
}

const void *csan_share(const void *p)
{
    struct regs at = REGS_OF_CALLER();
    if (!p || csan__options.share == SHARE_OFF)
        return p;
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t)) {
        wait_for_turn(false, p, at.pc);
        return p;
    }
    struct share_call c = CALL();
    p = csan__cache_share(&c, p);
    leave(t);
    return p;
}

void csan_release(const void *p)
{
    struct regs at = REGS_OF_CALLER();
    if (!p || csan__options.share == SHARE_OFF)
        return;
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t)) {
        wait_for_turn(true, p, at.pc);
        return;
    }
    struct share_call c = CALL();
    csan__cache_release(&c, p);
    leave(t);
}

void *csan_writable(struct share_owner *o, void *p)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    (void)o;
    if (!t)
        return p;
    struct share_call c = CALL();
    p = csan__cache_writable(&c, p);
    leave(t);
    return p;
}

void csan_sealed(struct share_owner *o, void *p)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    (void)o;
    if (!t)
        return;
    struct share_call c = CALL();
    csan__cache_sealed(&c, p);
    leave(t);
}

void csan_mutable(const void *p, size_t n)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return;
    struct share_call c = CALL();
    csan__cache_mutable(&c, p, n);
    leave(t);
}

void csan_evict(struct share_owner *o, void *p)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = p ? enter() : NULL;
    (void)o;
    if (!t)
        return;
    struct share_call c = CALL();
    csan__cache_evict(&c, p);
    leave(t);
}

void csan_touch(const void *p, const char *hint)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return;
    struct share_call c = CALL();
    csan__share_touch(&c, p, hint);
    leave(t);
}

void csan_expected_ref(const void *where, size_t n, const char *why)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return;
    struct share_call c = CALL();
    csan__share_expect(&c, where, n, why);
    leave(t);
}

/* ---- pools */

struct share_owner *csan_pool(const char *name, size_t max_capacity, unsigned flags)
{
    struct thread *t = enter();
    if (!t)
        return NULL;
    struct share_owner *o = csan__share_owner_add(name, true);
    if (o) {
        o->bytes_max = max_capacity;
        o->flags = flags;
    }
    leave(t);
    return o;
}

void *csan_lend(struct share_owner *o, void *p, size_t used, size_t capacity)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return p;
    struct share_call c = CALL();
    p = csan__pool_lend(&c, csan__share_owner_of(o, true), p, used, capacity);
    leave(t);
    return p;
}

void *csan_give_back(struct share_owner *o, void *p, size_t used, size_t capacity)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    (void)used;
    if (!t)
        return p;
    struct share_call c = CALL();
    p = csan__pool_give_back(&c, csan__share_owner_of(o, true), p, capacity);
    leave(t);
    return p;
}

void csan_forget(struct share_owner *o, void *p)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return;
    struct share_call c = CALL();
    csan__pool_forget(&c, csan__share_owner_of(o, true), p);
    leave(t);
}
