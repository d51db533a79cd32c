/* Who gives what others wait for: semaphores posted, conditions signalled. Told before the real
 * call, after which the object may be gone. */
#include "hook/guard.h"
#include "record/stack.h"
#include "record/sync.h"

static void tell(const void *object, enum sync_kind kind, const char *call, const struct regs *at)
{
    struct thread *t = enter();
    if (!t) {
        csan__real_ready();
        return;
    }
    struct sync_event e = {.kind = SYNC_EVENT_POSTED,
                           .thread = t,
                           .object = (uintptr_t)object,
                           .lock_kind = kind,
                           .call = call,
                           .stack = csan__stack_here(at)};
    csan__sync_tell(&e);
    leave(t);
}

CSAN_API int HOOK_NAME(sem_post)(sem_t *s)
{
    struct regs at = REGS_OF_CALLER();
    tell(s, SYNC_SEMAPHORE, "sem_post", &at);
    return csan__real.sem_post(s);
}

CSAN_API int HOOK_NAME(pthread_cond_signal)(pthread_cond_t *c)
{
    struct regs at = REGS_OF_CALLER();
    tell(c, SYNC_COND, "pthread_cond_signal", &at);
    return csan__real.pthread_cond_signal(c);
}

CSAN_API int HOOK_NAME(pthread_cond_broadcast)(pthread_cond_t *c)
{
    struct regs at = REGS_OF_CALLER();
    tell(c, SYNC_COND, "pthread_cond_broadcast", &at);
    return csan__real.pthread_cond_broadcast(c);
}

CSAN_API int HOOK_NAME(cnd_signal)(cnd_t *c)
{
    struct regs at = REGS_OF_CALLER();
    tell(c, SYNC_COND, "cnd_signal", &at);
    return csan__real.cnd_signal(c);
}

CSAN_API int HOOK_NAME(cnd_broadcast)(cnd_t *c)
{
    struct regs at = REGS_OF_CALLER();
    tell(c, SYNC_COND, "cnd_broadcast", &at);
    return csan__real.cnd_broadcast(c);
}
