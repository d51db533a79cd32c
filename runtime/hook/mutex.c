/* Mutexes: try first, wait in the real call, note who holds. */
#include "hook/mutex.h"

#include <errno.h>
#include <linux/futex.h>

/* glibc 2.36's trylock keeps a robust mutex locked when it says ENOTRECOVERABLE: those are not
 * tried. */
static int try_first(pthread_mutex_t *m)
{
    return m->__data.__kind & MUTEX_ROBUST ? EBUSY : csan__real.pthread_mutex_trylock(m);
}

static CSAN_ALWAYS_INLINE bool is_taken(int failed)
{
    return CSAN_LIKELY(failed == 0) || failed == EOWNERDEAD;
}

void csan__mutex_took(struct thread *t, const struct mutex_call *c, const struct taking *as)
{
    struct taking with = *as;
    with.flags = csan__mutex_flags(c->m) | (c->tried || c->timed ? HELD_TRIED : 0);
    csan__sync_took_as(t, (uintptr_t)c->m, SYNC_MUTEX, c->at, &with);
    leave(t);
}

/* By its holder, and it is not recursive. */
static CSAN_COLD void tell_relock(struct thread *t, const struct mutex_call *c)
{
    struct sync_event e = {.misuse = MISUSE_RELOCK,
                           .object = (uintptr_t)c->m,
                           .lock_kind = SYNC_MUTEX,
                           .call = c->name,
                           .timed = c->timed,
                           .holder_tid = t->tid};
    csan__sync_holder(e.object, &e.holder_tid, &e.other);
    csan__sync_misused(t, &e, c->at);
}

bool csan__mutex_sleeps(struct thread *t, const struct mutex_call *c)
{
    int kind = c->m->__data.__kind;
    int owner = __atomic_load_n(&c->m->__data.__owner, __ATOMIC_RELAXED);
    unsigned word = (unsigned)__atomic_load_n(&c->m->__data.__lock, __ATOMIC_RELAXED);
    if ((kind & MUTEX_ROBUST) && (word == 0 || word & FUTEX_OWNER_DIED)) {
        leave(t); /* it was not tried, and is free */
        return false;
    }
    bool told = false, relocks = owner == t->tid && !(kind & ~MUTEX_KNOWN);
    bool checks = (kind & MUTEX_TYPE) == MUTEX_ERRORCHECK;
    bool recursive = (kind & MUTEX_TYPE) == MUTEX_RECURSIVE;
    if (relocks && !recursive)
        tell_relock(t, c);
    if (relocks && !recursive && !checks && !c->timed)
        csan__watchdog_need();                /* it may be the only thread */
    if (!relocks || !(recursive || checks)) { /* those return at once: EAGAIN, EDEADLK */
        struct waiting what = {.kind = SYNC_MUTEX,
                               .object = (uintptr_t)c->m,
                               .call = c->name,
                               /* of these the kernel finds cycles itself: EDEADLK */
                               .timed = c->timed || (checks && (kind & MUTEX_INHERIT)),
                               .holder_tid = owner};
        told = csan__sync_wait_for(t, &what, c->at);
    }
    leave(t);
    return told;
}

void csan__mutex_slept(const struct mutex_call *c, bool got_it, bool was_told)
{
    struct thread *t = enter();
    if (!t)
        return;
    struct taking as = {.stack = was_told ? t->sync->wait.stack : 0};
    if (was_told)
        csan__sync_wait_end(t, got_it);
    if (got_it)
        csan__mutex_took(t, c, &as);
    else
        leave(t);
}

/* Not by this thread, says its record; libc's word decides. */
static CSAN_COLD int unlock_of_others(struct thread *t, const pthread_mutex_t *m, const char *name,
                                      const struct regs *at)
{
    int kind = m->__data.__kind;
    int owner = __atomic_load_n(&m->__data.__owner, __ATOMIC_RELAXED);
    int word = __atomic_load_n(&m->__data.__lock, __ATOMIC_RELAXED);
    if (owner == t->tid || (kind & (~MUTEX_KNOWN | MUTEX_ELISION)))
        return 0;
    struct sync_event e = {.misuse = MISUSE_UNLOCK_NOT_HELD,
                           .object = (uintptr_t)m,
                           .lock_kind = SYNC_MUTEX,
                           .call = name,
                           .holder_tid = owner};
    if (owner)
        csan__sync_note_foreign(e.object);
    bool known = owner && csan__sync_holder(e.object, &e.holder_tid, &e.other);
    if (known || (owner == 0 && word == 0))
        csan__sync_misused(t, &e, at);
    return known ? owner : 0;
}

int csan__mutex_gives(struct thread *t, pthread_mutex_t *m, const char *name, const struct regs *at)
{
    if (CSAN_LIKELY(csan__sync_gave(t, (uintptr_t)m, NULL)))
        return 0;
    return unlock_of_others(t, m, name, at);
}

void csan__mutex_destroying(struct thread *t, pthread_mutex_t *m, const char *name,
                            const struct regs *at)
{
    int owner = __atomic_load_n(&m->__data.__owner, __ATOMIC_RELAXED);
    if (owner == 0 || m->__data.__lock == 0 || (m->__data.__kind & ~MUTEX_KNOWN))
        return;
    struct sync_event e = {.misuse = MISUSE_DESTROY_HELD,
                           .object = (uintptr_t)m,
                           .lock_kind = SYNC_MUTEX,
                           .call = name,
                           .holder_tid = owner};
    if (csan__sync_holder(e.object, &e.holder_tid, &e.other))
        csan__sync_misused(t, &e, at);
}

void csan__lock_is_new(struct thread *t, const void *object, size_t bytes, const char *name)
{
    if (name && !csan__sync_may_hold((uintptr_t)object, bytes))
        return; /* of a lock on a stack the detectors want to hear the birth */
    while (csan__sync_gave(t, (uintptr_t)object, NULL))
        continue;
    csan__sync_gone(t, (uintptr_t)object, bytes, name);
}

/* ---- the hooks ---- */

/* After the quick way, which must not pay for this one's frame. */
static CSAN_NOINLINE int lock_slowly(struct thread *t, pthread_mutex_t *m, const struct regs *at)
{
    struct mutex_call c = {.m = m, .name = "pthread_mutex_lock", .at = at};
    struct taking as = csan__sync_taking(t, (uintptr_t)m, at);
    int failed = try_first(m);
    if (is_taken(failed)) {
        csan__mutex_took(t, &c, &as);
        return failed;
    }
    bool told = csan__mutex_sleeps(t, &c);
    failed = SLEEP_IN(csan__real.pthread_mutex_lock(m));
    csan__mutex_slept(&c, is_taken(failed), told);
    return failed;
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_mutex_lock)(pthread_mutex_t *m)
{
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_mutex_lock(m) : 0;
    if (CSAN_LIKELY(csan__sync_is_quick(t, (uintptr_t)m)) &&
        CSAN_LIKELY(!(m->__data.__kind & MUTEX_ROBUST)) && /* EOWNERDEAD is no failure */
        CSAN_LIKELY(csan__real.pthread_mutex_trylock(m) == 0)) {
        struct regs at = REGS_OF_CALLER();
        csan__sync_took_quick(t, (uintptr_t)m, SYNC_MUTEX, &at, csan__mutex_flags(m));
        leave(t);
        return 0;
    }
    struct regs at = REGS_OF_CALLER();
    return lock_slowly(t, m, &at);
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_mutex_trylock)(pthread_mutex_t *m)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_mutex_trylock(m) : EBUSY;
    struct mutex_call c = {.m = m, .name = "pthread_mutex_trylock", .at = &at, .tried = true};
    struct taking as = csan__sync_taking(t, (uintptr_t)m, &at);
    int failed = csan__real.pthread_mutex_trylock(m);
    if (is_taken(failed))
        csan__mutex_took(t, &c, &as);
    else
        leave(t);
    return failed;
}

CSAN_API int HOOK_NAME(pthread_mutex_timedlock)(pthread_mutex_t *m, const struct timespec *until)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_mutex_timedlock(m, until) : EBUSY;
    struct mutex_call c = {.m = m, .name = "pthread_mutex_timedlock", .at = &at, .timed = true};
    struct taking as = csan__sync_taking(t, (uintptr_t)m, &at);
    int failed = try_first(m);
    if (is_taken(failed)) {
        csan__mutex_took(t, &c, &as);
        return failed;
    }
    bool told = csan__mutex_sleeps(t, &c);
    failed = SLEEP_IN(csan__real.pthread_mutex_timedlock(m, until));
    csan__mutex_slept(&c, is_taken(failed), told);
    return failed;
}

/* An unknown clock is EINVAL before anything is tried. */
CSAN_API int HOOK_NAME(pthread_mutex_clocklock)(pthread_mutex_t *m, clockid_t clock,
                                                const struct timespec *until)
{
    struct regs at = REGS_OF_CALLER();
    bool valid = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
    struct thread *t = valid ? enter() : NULL;
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_mutex_clocklock(m, clock, until) : EINVAL;
    struct mutex_call c = {.m = m, .name = "pthread_mutex_clocklock", .at = &at, .timed = true};
    struct taking as = csan__sync_taking(t, (uintptr_t)m, &at);
    int failed = try_first(m);
    if (is_taken(failed)) {
        csan__mutex_took(t, &c, &as);
        return failed;
    }
    bool told = csan__mutex_sleeps(t, &c);
    failed = SLEEP_IN(csan__real.pthread_mutex_clocklock(m, clock, until));
    csan__mutex_slept(&c, is_taken(failed), told);
    return failed;
}

static CSAN_NOINLINE int unlock_slowly(struct thread *t, pthread_mutex_t *m, const struct regs *at)
{
    int holder = csan__mutex_gives(t, m, "pthread_mutex_unlock", at);
    int failed = csan__real.pthread_mutex_unlock(m);
    if (CSAN_UNLIKELY(holder) && !failed)
        csan__sync_disown(holder, (uintptr_t)m);
    leave(t);
    return failed;
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_mutex_unlock)(pthread_mutex_t *m)
{
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_mutex_unlock(m) : 0;
    if (CSAN_UNLIKELY(!csan__sync_gave_quick(t, (uintptr_t)m))) {
        struct regs at = REGS_OF_CALLER();
        return unlock_slowly(t, m, &at);
    }
    int failed = csan__real.pthread_mutex_unlock(m);
    leave(t);
    return failed;
}

CSAN_API int HOOK_NAME(pthread_mutex_init)(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
    struct thread *t = enter();
    if (!t && !csan__real_ready())
        return EAGAIN;
    int failed = csan__real.pthread_mutex_init(m, attr);
    if (t) {
        if (!failed)
            csan__lock_is_new(t, m, sizeof *m, NULL);
        leave(t);
    }
    return failed;
}

CSAN_API int HOOK_NAME(pthread_mutex_destroy)(pthread_mutex_t *m)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return csan__real_ready() ? csan__real.pthread_mutex_destroy(m) : 0;
    csan__mutex_destroying(t, m, "pthread_mutex_destroy", &at);
    int failed = csan__real.pthread_mutex_destroy(m);
    if (!failed)
        csan__lock_is_new(t, m, sizeof *m, "pthread_mutex_destroy");
    leave(t);
    return failed;
}
