/* Conditions, barriers, semaphores, pthread_once: what threads wait at for each other. */
#include "hook/cond.h"
#include "hook/mutex.h"

#include <errno.h>

/* ---- conditions: the mutex is nobody's during the wait, and held again as before after it ---- */

void csan__cond_begin(struct cond_nap *n, const void *cond, const void *mutex, const char *call,
                      bool timed, const struct regs *at)
{
    n->mutex_was_held = false;
    struct thread *t = n->nap.t = enter();
    if (!t) {
        csan__real_ready();
        return;
    }
    struct waiting what = {
        .kind = SYNC_COND, .object = (uintptr_t)cond, .call = call, .timed = timed};
    n->mutex_was_held = csan__sync_gave(t, (uintptr_t)mutex, &n->was);
    n->slept = csan__sync_wait_for(t, &what, at);
    leave(t);
}

void csan__cond_end(struct cond_nap *n, bool got_it)
{
    struct thread *t = n->nap.t ? enter() : NULL;
    if (!t)
        return;
    if (n->slept)
        csan__sync_wait_end(t, got_it);
    if (n->mutex_was_held)
        csan__sync_took_back(t, &n->was);
    leave(t);
}

void csan__cond_cancelled(void *n)
{
    csan__cond_end(n, false);
}

CSAN_API int HOOK_NAME(pthread_cond_wait)(pthread_cond_t *c, pthread_mutex_t *m)
{
    COND_NAP(c, m, "pthread_cond_wait", false, pthread_cond_wait(c, m), 0);
}

CSAN_API int HOOK_NAME(pthread_cond_timedwait)(pthread_cond_t *c, pthread_mutex_t *m,
                                               const struct timespec *until)
{
    COND_NAP(c, m, "pthread_cond_timedwait", true, pthread_cond_timedwait(c, m, until), 0);
}

CSAN_API int HOOK_NAME(pthread_cond_clockwait)(pthread_cond_t *c, pthread_mutex_t *m,
                                               clockid_t clock, const struct timespec *until)
{
    COND_NAP(c, m, "pthread_cond_clockwait", true, pthread_cond_clockwait(c, m, clock, until), 0);
}

/* ---- barriers ---- */

CSAN_API int HOOK_NAME(pthread_barrier_wait)(pthread_barrier_t *b)
{
    struct regs at = REGS_OF_CALLER();
    struct nap nap;
    nap_begin(&nap, SYNC_BARRIER, (uintptr_t)b, "pthread_barrier_wait", false, &at);
    int result = SLEEP_IN(csan__real.pthread_barrier_wait(b)); /* no cancellation point */
    nap_end(&nap, result <= 0);
    return result;
}

/* ---- semaphores: sem_wait is a cancellation point even when it does not wait ---- */

static bool takes_at_once(sem_t *s)
{
    pthread_testcancel();
    int before = errno;
    csan__real_ready();
    if (csan__real.sem_trywait(s) == 0)
        return true;
    errno = before;
    return false;
}

/* Never waits; here so that its real one is known. */
CSAN_API int HOOK_NAME(sem_trywait)(sem_t *s)
{
    return csan__real_ready() ? csan__real.sem_trywait(s) : -1;
}

CSAN_API int HOOK_NAME(sem_wait)(sem_t *s)
{
    struct regs at = REGS_OF_CALLER();
    if (CSAN_LIKELY(takes_at_once(s)))
        return 0;
    NAP(int, SYNC_SEMAPHORE, s, "sem_wait", false, sem_wait(s));
}

/* A bad time is EINVAL before anything is tried. */
static bool is_valid(clockid_t clock, const struct timespec *until)
{
    return (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC) && until->tv_nsec >= 0 &&
           until->tv_nsec < 1000000000;
}

CSAN_API int HOOK_NAME(sem_timedwait)(sem_t *s, const struct timespec *until)
{
    struct regs at = REGS_OF_CALLER();
    if (!is_valid(CLOCK_REALTIME, until))
        return csan__real_ready() ? csan__real.sem_timedwait(s, until) : -1;
    if (takes_at_once(s))
        return 0;
    NAP(int, SYNC_SEMAPHORE, s, "sem_timedwait", true, sem_timedwait(s, until));
}

CSAN_API int HOOK_NAME(sem_clockwait)(sem_t *s, clockid_t clock, const struct timespec *until)
{
    struct regs at = REGS_OF_CALLER();
    if (!is_valid(clock, until))
        return csan__real_ready() ? csan__real.sem_clockwait(s, clock, until) : -1;
    if (takes_at_once(s))
        return 0;
    NAP(int, SYNC_SEMAPHORE, s, "sem_clockwait", true, sem_clockwait(s, clock, until));
}

/* ---- once: who runs the routine does not wait ---- */

#define ONCE_DONE 2

/* One call of pthread_once on this thread; a routine may call another. */
struct once_call {
    void (*routine)(void);
    struct once_call *outer;
    bool told;
};

static void run_once(void)
{
    struct thread *t = csan__thread_self;
    struct once_call *call = t->sync->once;
    t->sync->once = call->outer;
    if (call->told && (t = enter())) {
        csan__sync_wait_end(t, true);
        leave(t);
    }
    call->told = false;
    call->routine();
}

/* A routine that throws leaves this frame behind: nothing here needs to be undone then. */
int csan__once_run(void *flag, void (*routine)(void), const char *name, const struct regs *at)
{
    struct thread *t = enter();
    struct sync *s = t ? csan__sync_self(t) : NULL;
    if (!s) {
        if (t)
            leave(t);
        return csan__real_ready() ? csan__real.pthread_once(flag, routine) : EAGAIN;
    }
    struct once_call call = {.routine = routine, .outer = s->once};
    call.told = csan__sync_wait_begin(t, SYNC_ONCE, (uintptr_t)flag, name, false, at);
    s->once = &call;
    leave(t);
    int failed = SLEEP_IN(csan__real.pthread_once(flag, run_once));
    s->once = call.outer;
    if (call.told && (t = enter())) {
        csan__sync_wait_end(t, true);
        leave(t);
    }
    return failed;
}

CSAN_API int HOOK_NAME(pthread_once)(pthread_once_t *flag, void (*routine)(void))
{
    struct regs at = REGS_OF_CALLER();
    if (CSAN_LIKELY(__atomic_load_n(flag, __ATOMIC_ACQUIRE) & ONCE_DONE))
        return 0;
    return csan__once_run(flag, routine, "pthread_once", &at);
}
