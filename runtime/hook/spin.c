/* Spin locks: libc knows no holder of these; the record does. */
#include "hook/mutex.h"

#include <errno.h>

static CSAN_ALWAYS_INLINE void took(struct thread *t, const volatile int *l, const struct regs *at,
                                    struct taking as)
{
    csan__sync_took_as(t, (uintptr_t)l, SYNC_SPIN, at, &as);
    leave(t);
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_spin_lock)(pthread_spinlock_t *l)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_spin_lock(l) : 0;
    struct taking as = csan__sync_taking(t, (uintptr_t)l, &at);
    int failed = csan__real.pthread_spin_trylock(l);
    if (CSAN_LIKELY(!failed)) {
        took(t, l, &at, as);
        return 0;
    }
    bool told = csan__sync_wait_begin(t, SYNC_SPIN, (uintptr_t)l, "pthread_spin_lock", false, &at);
    leave(t);
    failed = csan__real.pthread_spin_lock(l);
    if (!(t = enter()))
        return failed;
    if (told)
        csan__sync_wait_end(t, !failed);
    took(t, l, &at, as);
    return failed;
}

CSAN_API int HOOK_NAME(pthread_spin_trylock)(pthread_spinlock_t *l)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_spin_trylock(l) : EBUSY;
    struct taking as = csan__sync_taking(t, (uintptr_t)l, &at);
    as.flags = HELD_TRIED;
    int failed = csan__real.pthread_spin_trylock(l);
    if (!failed)
        took(t, l, &at, as);
    else
        leave(t);
    return failed;
}

/* A free one's word is 1. */
static CSAN_COLD int unlock_of_others(struct thread *t, const volatile int *l,
                                      const struct regs *at)
{
    struct sync_event e = {.misuse = MISUSE_UNLOCK_NOT_HELD,
                           .object = (uintptr_t)l,
                           .lock_kind = SYNC_SPIN,
                           .call = "pthread_spin_unlock"};
    bool known = csan__sync_holder(e.object, &e.holder_tid, &e.other);
    if (known || *l == 1)
        csan__sync_misused(t, &e, at);
    return known ? e.holder_tid : 0;
}

CSAN_API CSAN_HOT int HOOK_NAME(pthread_spin_unlock)(pthread_spinlock_t *l)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (CSAN_UNLIKELY(!t))
        return csan__real_ready() ? csan__real.pthread_spin_unlock(l) : 0;
    int holder = 0;
    if (CSAN_UNLIKELY(!csan__sync_gave(t, (uintptr_t)l, NULL)))
        holder = unlock_of_others(t, l, &at);
    int failed = csan__real.pthread_spin_unlock(l);
    if (CSAN_UNLIKELY(holder))
        csan__sync_disown(holder, (uintptr_t)l);
    leave(t);
    return failed;
}

CSAN_API int HOOK_NAME(pthread_spin_init)(pthread_spinlock_t *l, int shared)
{
    struct thread *t = enter();
    if (!t && !csan__real_ready())
        return EAGAIN;
    int failed = csan__real.pthread_spin_init(l, shared);
    if (t) {
        csan__lock_is_new(t, (const void *)l, sizeof *l, NULL);
        leave(t);
    }
    return failed;
}

CSAN_API int HOOK_NAME(pthread_spin_destroy)(pthread_spinlock_t *l)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = enter();
    if (!t)
        return csan__real_ready() ? csan__real.pthread_spin_destroy(l) : 0;
    struct sync_event e = {.misuse = MISUSE_DESTROY_HELD,
                           .object = (uintptr_t)l,
                           .lock_kind = SYNC_SPIN,
                           .call = "pthread_spin_destroy"};
    if (*l != 1 && csan__sync_holder(e.object, &e.holder_tid, &e.other))
        csan__sync_misused(t, &e, &at);
    int failed = csan__real.pthread_spin_destroy(l);
    csan__lock_is_new(t, (const void *)l, sizeof *l, "pthread_spin_destroy");
    leave(t);
    return failed;
}
