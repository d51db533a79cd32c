/* C11's mutexes, conditions and call_once: libc's own, behind names of their own. */
#include "hook/cond.h"
#include "hook/mutex.h"

#include <threads.h>

#define CALL_OF(mutex, shown)                                                                      \
    {                                                                                              \
        .m = (pthread_mutex_t *)(mutex), .name = (shown), .at = &at                                \
    }

static CSAN_NOINLINE int sleep_in_lock(mtx_t *m)
{
    return SLEEP_IN(csan__real.mtx_lock(m));
}

CSAN_API CSAN_HOT int HOOK_NAME(mtx_lock)(mtx_t *m)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.mtx_lock(m) : thrd_error;
    if (CSAN_LIKELY(csan__sync_is_quick(t, (uintptr_t)m)) &&
        CSAN_LIKELY(csan__real.mtx_trylock(m) == thrd_success)) {
        csan__sync_took_quick(t, (uintptr_t)m, SYNC_MUTEX, &at, 0);
        leave(t);
        return thrd_success;
    }
    struct mutex_call c = CALL_OF(m, "mtx_lock");
    struct taking as = csan__sync_taking(t, (uintptr_t)m, &at);
    int result = csan__real.mtx_trylock(m);
    if (CSAN_LIKELY(result == thrd_success)) {
        csan__mutex_took(t, &c, &as);
        return result;
    }
    bool told = csan__mutex_sleeps(t, &c);
    result = sleep_in_lock(m);
    csan__mutex_slept(&c, result == thrd_success, told);
    return result;
}

CSAN_API int HOOK_NAME(mtx_timedlock)(mtx_t *restrict m, const struct timespec *restrict until)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.mtx_timedlock(m, until) : thrd_error;
    struct mutex_call c = CALL_OF(m, "mtx_timedlock");
    c.timed = true;
    struct taking as = csan__sync_taking(t, (uintptr_t)m, &at);
    int result = csan__real.mtx_trylock(m);
    if (CSAN_LIKELY(result == thrd_success)) {
        csan__mutex_took(t, &c, &as);
        return result;
    }
    bool told = csan__mutex_sleeps(t, &c);
    result = SLEEP_IN(csan__real.mtx_timedlock(m, until));
    csan__mutex_slept(&c, result == thrd_success, told);
    return result;
}

CSAN_API int HOOK_NAME(mtx_trylock)(mtx_t *m)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.mtx_trylock(m) : thrd_busy;
    struct mutex_call c = CALL_OF(m, "mtx_trylock");
    c.tried = true;
    struct taking as = csan__sync_taking(t, (uintptr_t)m, &at);
    int result = csan__real.mtx_trylock(m);
    if (result == thrd_success)
        csan__mutex_took(t, &c, &as);
    else
        leave(t);
    return result;
}

CSAN_API CSAN_HOT int HOOK_NAME(mtx_unlock)(mtx_t *m)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.mtx_unlock(m) : thrd_error;
    int holder = csan__mutex_gives(t, (pthread_mutex_t *)m, "mtx_unlock", &at);
    int result = csan__real.mtx_unlock(m);
    if (CSAN_UNLIKELY(holder) && result == thrd_success)
        csan__sync_disown(holder, (uintptr_t)m);
    leave(t);
    return result;
}

CSAN_API int HOOK_NAME(mtx_init)(mtx_t *m, int type)
{
    struct thread *t = enter();
    if (!t && !csan__real_ready())
        return thrd_error;
    int result = csan__real.mtx_init(m, type);
    if (t) {
        if (result == thrd_success)
            csan__lock_is_new(t, m, sizeof *m, NULL);
        leave(t);
    }
    return result;
}

CSAN_API void HOOK_NAME(mtx_destroy)(mtx_t *m)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (t) {
        csan__mutex_destroying(t, (pthread_mutex_t *)m, "mtx_destroy", &at);
        csan__lock_is_new(t, m, sizeof *m, "mtx_destroy");
        leave(t);
    }
    if (csan__real_ready())
        csan__real.mtx_destroy(m);
}

CSAN_API int HOOK_NAME(cnd_wait)(cnd_t *c, mtx_t *m)
{
    COND_NAP(c, m, "cnd_wait", false, cnd_wait(c, m), thrd_success);
}

CSAN_API int HOOK_NAME(cnd_timedwait)(cnd_t *restrict c, mtx_t *restrict m,
                                      const struct timespec *restrict until)
{
    COND_NAP(c, m, "cnd_timedwait", true, cnd_timedwait(c, m, until), thrd_success);
}

/* libc's call_once is its pthread_once. */
CSAN_API void HOOK_NAME(call_once)(once_flag *flag, void (*routine)(void))
{
    struct regs at = REGS_OF_CALLER();
    _Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "they are the same object");
    if (!(__atomic_load_n((int *)flag, __ATOMIC_ACQUIRE) & 2))
        csan__once_run(flag, routine, "call_once", &at);
}
