/* Read-write locks: many read, one writes; try first, as with mutexes. */
#include "hook/mutex.h"
#include "record/block.h"

#include <errno.h>

struct rwlock_call {
    pthread_rwlock_t *l;
    enum sync_kind kind;
    const char *name;
    const struct regs *at;
    bool timed;
};

static int writer_of(const pthread_rwlock_t *l)
{
    return __atomic_load_n(&l->__data.__cur_writer, __ATOMIC_RELAXED);
}

static void took(struct thread *t, const struct rwlock_call *c, struct taking as, bool tried)
{
    as.flags = tried ? HELD_TRIED : 0;
    csan__sync_took_as(t, (uintptr_t)c->l, c->kind, c->at, &as);
    leave(t);
}

static CSAN_COLD void tell_relock(struct thread *t, const struct rwlock_call *c)
{
    struct sync_event e = {.misuse = MISUSE_RELOCK,
                           .object = (uintptr_t)c->l,
                           .lock_kind = SYNC_WRITE,
                           .call = c->name,
                           .timed = c->timed,
                           .holder_tid = t->tid};
    csan__sync_holder(e.object, &e.holder_tid, &e.other);
    csan__sync_misused(t, &e, c->at);
}

/* Its own writer gets EDEADLK at once. */
static bool sleeps(struct thread *t, const struct rwlock_call *c)
{
    int writer = writer_of(c->l);
    bool told = false;
    if (writer == t->tid) {
        tell_relock(t, c);
    } else {
        struct held own;
        int self = t->tid;
        if (!csan__block_threaded && csan__sync_holder((uintptr_t)c->l, &self, &own))
            csan__watchdog_need(); /* it waits for itself, and is the only thread */
        struct waiting what = {.kind = c->kind,
                               .object = (uintptr_t)c->l,
                               .call = c->name,
                               .timed = c->timed,
                               .holder_tid = writer};
        told = csan__sync_wait_for(t, &what, c->at);
    }
    leave(t);
    return told;
}

static void slept(const struct rwlock_call *c, bool got_it, bool told)
{
    struct thread *t = enter();
    if (!t)
        return;
    struct taking as = {.stack = told ? t->sync->wait.stack : 0};
    if (told)
        csan__sync_wait_end(t, got_it);
    if (got_it)
        took(t, c, as, c->timed);
    else
        leave(t);
}

/* After the quick way, which must not pay for this one's frame. */
struct rwlock_way {
    enum sync_kind kind;
    const char *name;
    int (**tries)(pthread_rwlock_t *), (**takes)(pthread_rwlock_t *);
};

static CSAN_NOINLINE int take_slowly(struct thread *t, pthread_rwlock_t *l,
                                     const struct rwlock_way *way, const struct regs *at)
{
    struct rwlock_call c = {.l = l, .kind = way->kind, .name = way->name, .at = at};
    struct taking as = csan__sync_taking(t, (uintptr_t)l, at);
    int failed = (*way->tries)(l);
    if (CSAN_LIKELY(!failed)) {
        took(t, &c, as, false);
        return 0;
    }
    bool told = sleeps(t, &c);
    failed = SLEEP_IN((*way->takes)(l));
    slept(&c, !failed, told);
    return failed;
}

#define TAKE_QUICKLY(how, name, name_of_try)                                                       \
    do {                                                                                           \
        static const struct rwlock_way way = {how, #name, &csan__real.name_of_try,                 \
                                              &csan__real.name};                                   \
        struct thread *t = enter();                                                                \
        if (CSAN_UNLIKELY(!t))                                                                     \
            return csan__real_ready() ? csan__real.name(l) : EBUSY;                                \
        if (CSAN_LIKELY(csan__sync_is_quick(t, (uintptr_t)l)) &&                                   \
            CSAN_LIKELY(csan__real.name_of_try(l) == 0)) {                                         \
            struct regs at = REGS_OF_CALLER();                                                     \
            csan__sync_took_quick(t, (uintptr_t)l, (how), &at, 0);                                 \
            leave(t);                                                                              \
            return 0;                                                                              \
        }                                                                                          \
        struct regs at = REGS_OF_CALLER();                                                         \
        return take_slowly(t, l, &way, &at);                                                       \
    } while (0)

/* valid: libc looks at clock and time first, and fails with EINVAL. */
#define TAKE_IN_TIME(how, shown, valid, tries, takes)                                              \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        struct thread *t = (valid) ? enter() : NULL;                                               \
        if (CSAN_UNLIKELY(!t))                                                                     \
            return csan__real_ready() ? csan__real.takes : EBUSY;                                  \
        struct rwlock_call c = {.l = l, .kind = (how), .name = (shown), .at = &at, .timed = true}; \
        struct taking as = csan__sync_taking(t, (uintptr_t)l, &at);                                \
        int failed = csan__real.tries(l);                                                          \
        if (CSAN_LIKELY(!failed)) {                                                                \
            took(t, &c, as, true);                                                                 \
            return 0;                                                                              \
        }                                                                                          \
        bool told = sleeps(t, &c);                                                                 \
        failed = SLEEP_IN(csan__real.takes);                                                       \
        slept(&c, !failed, told);                                                                  \
        return failed;                                                                             \
    } while (0)

#define TRY(how, shown, tries)                                                                     \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        struct thread *t = enter();                                                                \
        if (CSAN_UNLIKELY(!t))                                                                     \
            return csan__real_ready() ? csan__real.tries(l) : EBUSY;                               \
        struct rwlock_call c = {.l = l, .kind = (how), .name = (shown), .at = &at};                \
        struct taking as = csan__sync_taking(t, (uintptr_t)l, &at);                                \
        int failed = csan__real.tries(l);                                                          \
        if (CSAN_LIKELY(!failed))                                                                  \
            took(t, &c, as, true);                                                                 \
        else                                                                                       \
            leave(t);                                                                              \
        return failed;                                                                             \
    } while (0)

static bool is_valid(clockid_t clock, const struct timespec *until)
{
    return (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC) && until && until->tv_nsec >= 0 &&
           until->tv_nsec < 1000000000;
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_rwlock_rdlock)(pthread_rwlock_t *l)
{
    TAKE_QUICKLY(SYNC_READ, pthread_rwlock_rdlock, pthread_rwlock_tryrdlock);
}

CSAN_API int HOOK_NAME(pthread_rwlock_timedrdlock)(pthread_rwlock_t *l,
                                                   const struct timespec *until)
{
    TAKE_IN_TIME(SYNC_READ, "pthread_rwlock_timedrdlock", is_valid(CLOCK_REALTIME, until),
                 pthread_rwlock_tryrdlock, pthread_rwlock_timedrdlock(l, until));
}

CSAN_API int HOOK_NAME(pthread_rwlock_clockrdlock)(pthread_rwlock_t *l, clockid_t clock,
                                                   const struct timespec *until)
{
    TAKE_IN_TIME(SYNC_READ, "pthread_rwlock_clockrdlock", is_valid(clock, until),
                 pthread_rwlock_tryrdlock, pthread_rwlock_clockrdlock(l, clock, until));
}

CSAN_API int HOOK_NAME(pthread_rwlock_tryrdlock)(pthread_rwlock_t *l)
{
    TRY(SYNC_READ, "pthread_rwlock_tryrdlock", pthread_rwlock_tryrdlock);
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_rwlock_wrlock)(pthread_rwlock_t *l)
{
    TAKE_QUICKLY(SYNC_WRITE, pthread_rwlock_wrlock, pthread_rwlock_trywrlock);
}

CSAN_API int HOOK_NAME(pthread_rwlock_timedwrlock)(pthread_rwlock_t *l,
                                                   const struct timespec *until)
{
    TAKE_IN_TIME(SYNC_WRITE, "pthread_rwlock_timedwrlock", is_valid(CLOCK_REALTIME, until),
                 pthread_rwlock_trywrlock, pthread_rwlock_timedwrlock(l, until));
}

CSAN_API int HOOK_NAME(pthread_rwlock_clockwrlock)(pthread_rwlock_t *l, clockid_t clock,
                                                   const struct timespec *until)
{
    TAKE_IN_TIME(SYNC_WRITE, "pthread_rwlock_clockwrlock", is_valid(clock, until),
                 pthread_rwlock_trywrlock, pthread_rwlock_clockwrlock(l, clock, until));
}

CSAN_API int HOOK_NAME(pthread_rwlock_trywrlock)(pthread_rwlock_t *l)
{
    TRY(SYNC_WRITE, "pthread_rwlock_trywrlock", pthread_rwlock_trywrlock);
}

/* Not held by this thread, says its record. Certain are: nobody holds it; another writes; one
 * reads, and that is another. Returns who held it by its record; 0: not known. */
static CSAN_COLD int unlock_of_others(struct thread *t, const pthread_rwlock_t *l,
                                      const struct regs *at)
{
    int writer = writer_of(l);
    uint32_t readers = __atomic_load_n(&l->__data.__readers, __ATOMIC_RELAXED);
    if (writer == t->tid || (writer == 0 && readers >> 3 > 1))
        return 0;
    struct sync_event e = {.misuse = MISUSE_UNLOCK_NOT_HELD,
                           .object = (uintptr_t)l,
                           .lock_kind = writer ? SYNC_WRITE : SYNC_READ,
                           .call = "pthread_rwlock_unlock",
                           .holder_tid = writer};
    bool known = readers && csan__sync_holder(e.object, &e.holder_tid, &e.other);
    if (known || readers == 0)
        csan__sync_misused(t, &e, at);
    return known ? e.holder_tid : 0;
}

static CSAN_NOINLINE int unlock_slowly(struct thread *t, pthread_rwlock_t *l, const struct regs *at)
{
    int holder = csan__sync_gave(t, (uintptr_t)l, NULL) ? 0 : unlock_of_others(t, l, at);
    int failed = csan__real.pthread_rwlock_unlock(l);
    if (CSAN_UNLIKELY(holder) && !failed)
        csan__sync_disown(holder, (uintptr_t)l);
    leave(t);
    return failed;
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_rwlock_unlock)(pthread_rwlock_t *l)
{
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_rwlock_unlock(l) : 0;
    if (CSAN_UNLIKELY(!csan__sync_gave_quick(t, (uintptr_t)l))) {
        struct regs at = REGS_OF_CALLER();
        return unlock_slowly(t, l, &at);
    }
    int failed = csan__real.pthread_rwlock_unlock(l);
    leave(t);
    return failed;
}

CSAN_API int HOOK_NAME(pthread_rwlock_init)(pthread_rwlock_t *l, const pthread_rwlockattr_t *attr)
{
    struct thread *t = enter();
    if (!t && !csan__real_ready())
        return EAGAIN;
    int failed = csan__real.pthread_rwlock_init(l, attr);
    if (t) {
        if (!failed)
            csan__lock_is_new(t, l, sizeof *l, NULL);
        leave(t);
    }
    return failed;
}

CSAN_API int HOOK_NAME(pthread_rwlock_destroy)(pthread_rwlock_t *l)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return csan__real_ready() ? csan__real.pthread_rwlock_destroy(l) : 0;
    struct sync_event e = {.misuse = MISUSE_DESTROY_HELD,
                           .object = (uintptr_t)l,
                           .lock_kind = writer_of(l) ? SYNC_WRITE : SYNC_READ,
                           .call = "pthread_rwlock_destroy",
                           .holder_tid = writer_of(l)};
    if (l->__data.__readers && csan__sync_holder(e.object, &e.holder_tid, &e.other))
        csan__sync_misused(t, &e, &at);
    int failed = csan__real.pthread_rwlock_destroy(l);
    if (!failed)
        csan__lock_is_new(t, l, sizeof *l, "pthread_rwlock_destroy");
    leave(t);
    return failed;
}
