/* Threads: what each was given and has returned, and where its stack is. */
#include "hook/nap.h"
#include "record/stack.h"
#include "session/trap.h"

#include <errno.h>

struct start {
    void *(*routine)(void *);
    int (*c11_routine)(void *);
    void *argument;
    struct started *started;
    bool segv_blocked; /* by who starts it (session/trap.h) */
};

static bool is_detached(const pthread_attr_t *attr)
{
    int state = PTHREAD_CREATE_JOINABLE;
    return attr && pthread_attr_getdetachstate(attr, &state) == 0 &&
           state == PTHREAD_CREATE_DETACHED;
}

/* Inside the guard: what libc allocates here it frees here. */
static void learn_stack(struct thread *self)
{
    pthread_attr_t attr;
    void *lo;
    size_t bytes;
    self->inside = 1;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        if (pthread_attr_getstack(&attr, &lo, &bytes) == 0) {
            self->stack_lo = (uintptr_t)lo;
            self->stack_hi = (uintptr_t)lo + bytes;
        }
        pthread_attr_destroy(&attr);
    }
    leave(self); /* the world may have been told to stop meanwhile */
}

static struct start begin(struct start *given)
{
    struct start mine = *given;
    csan__real.free(given);
    struct thread *self = csan__thread_get();
    if (self) {
        learn_stack(self);
        csan__trap_thread_began(self, mine.segv_blocked);
        csan__started_running(mine.started, self);
    }
    return mine;
}

/* By cancellation; pthread_exit has told by itself. */
static void end_by_cancel(void *started)
{
    csan__started_ended(started, PTHREAD_CANCELED);
}

static void *run(void *given)
{
    struct start mine = begin(given);
    void *result;
    pthread_cleanup_push(end_by_cancel, mine.started);
    result = mine.routine(mine.argument);
    pthread_cleanup_pop(0);
    csan__started_ended(mine.started, result);
    return result;
}

static int run_c11(void *given)
{
    struct start mine = begin(given);
    int result = mine.c11_routine(mine.argument);
    csan__started_ended(mine.started, NULL);
    return result;
}

static struct start *new_start(void *argument, const struct regs *at)
{
    struct thread *t = enter();
    struct start *s = csan__real.malloc(sizeof *s);
    if (s) {
        s->argument = argument;
        s->started = csan__started_add(argument, csan__stack_here(at));
        s->segv_blocked = t && t->segv.blocked;
    }
    if (t) {
        csan__watchdog_need();
        leave(t);
    }
    return s;
}

/* The real call runs outside the guard: what libc allocates for the thread is the program's. */
static int settle(struct start *s, struct started *started, int failed, int failure, uintptr_t id,
                  bool detached)
{
    if (failed == failure) {
        csan__started_named(started, id, detached);
        return failed;
    }
    csan__started_failed(started);
    csan__real.free(s);
    return failed;
}

CSAN_API int HOOK_NAME(pthread_create)(pthread_t *id, const pthread_attr_t *attr,
                                       void *(*routine)(void *), void *argument)
{
    struct regs at = REGS_OF_CALLER();
    struct start *s = csan__real_ready() ? new_start(argument, &at) : NULL;
    if (!s)
        return csan__real.pthread_create ? csan__real.pthread_create(id, attr, routine, argument)
                                         : EAGAIN;
    s->routine = routine;
    struct started *started = s->started;
    csan__thread_second();
    int failed = csan__real.pthread_create(id, attr, run, s);
    return settle(s, started, failed, 0, failed ? 0 : (uintptr_t)*id, is_detached(attr));
}

CSAN_API int HOOK_NAME(thrd_create)(thrd_t *id, thrd_start_t routine, void *argument)
{
    struct regs at = REGS_OF_CALLER();
    struct start *s = csan__real_ready() ? new_start(argument, &at) : NULL;
    if (!s)
        return thrd_nomem;
    s->c11_routine = routine;
    struct started *started = s->started;
    csan__thread_second();
    int result = csan__real.thrd_create(id, run_c11, s);
    return settle(s, started, result, thrd_success, result == thrd_success ? (uintptr_t)*id : 0,
                  false);
}

CSAN_API void HOOK_NAME(pthread_exit)(void *result)
{
    csan__started_ended(csan__started_self(), result);
    csan__real.pthread_exit(result);
    __builtin_unreachable();
}

static int joined(int failed, uintptr_t id)
{
    if (!failed)
        csan__started_gone(id, false);
    return failed;
}

static int detached(int failed, uintptr_t id)
{
    if (!failed)
        csan__started_gone(id, true);
    return failed;
}

/* Joining oneself fails at once. */
#define JOIN(name, timed, call)                                                                    \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        int failed;                                                                                \
        if (pthread_equal((pthread_t)id, pthread_self()))                                          \
            return csan__real_ready() ? csan__real.call : EDEADLK;                                 \
        NAP_INTO(failed, SYNC_JOIN, id, name, timed, call);                                        \
        return joined(failed, (uintptr_t)id);                                                      \
    } while (0)

CSAN_API int HOOK_NAME(pthread_join)(pthread_t id, void **result)
{
    JOIN("pthread_join", false, pthread_join(id, result));
}

CSAN_API int HOOK_NAME(pthread_tryjoin_np)(pthread_t id, void **result)
{
    return joined(csan__real.pthread_tryjoin_np(id, result), (uintptr_t)id);
}

CSAN_API int HOOK_NAME(pthread_timedjoin_np)(pthread_t id, void **result,
                                             const struct timespec *until)
{
    JOIN("pthread_timedjoin_np", true, pthread_timedjoin_np(id, result, until));
}

CSAN_API int HOOK_NAME(pthread_clockjoin_np)(pthread_t id, void **result, clockid_t clock,
                                             const struct timespec *until)
{
    JOIN("pthread_clockjoin_np", true, pthread_clockjoin_np(id, result, clock, until));
}

CSAN_API int HOOK_NAME(thrd_join)(thrd_t id, int *result)
{
    JOIN("thrd_join", false, thrd_join(id, result));
}

CSAN_API int HOOK_NAME(pthread_detach)(pthread_t id)
{
    return detached(csan__real.pthread_detach(id), (uintptr_t)id);
}

CSAN_API int HOOK_NAME(thrd_detach)(thrd_t id)
{
    return detached(csan__real.thrd_detach(id), (uintptr_t)id);
}
