/* A call that may sleep, told before and after: for calls that the program may be cancelled in.
 *
 *     struct regs at = REGS_OF_CALLER();
 *     NAP(ssize_t, SYNC_IO, fd, "read", false, read(fd, buf, n));     returns what the real one
 * does
 *
 * While the real call runs the guard is open: the thread can be stopped, or let sleep while the
 * world is (SLEEP_IN), and a signal handler of
 * the program's is watched as ever (its own sleeps are not recorded: this one is). A cancelled
 * thread leaves by libc's cleanup list, which needs no unwinder of csan's. errno is the real
 * call's. Needs guard.h, record/sync.h; used by wait.c, cond.c, c11.c, thread.c, process.c. */
#ifndef CSAN_HOOK_NAP_H
#define CSAN_HOOK_NAP_H

#include "hook/guard.h"
#include "record/sync.h"

struct nap {
    struct thread *t; /* NULL: not recorded */
};

static CSAN_ALWAYS_INLINE void nap_begin(struct nap *nap, enum sync_kind kind, uintptr_t object,
                                         const char *call, bool timed, const struct regs *at)
{
    struct thread *t = nap->t = enter();
    if (CSAN_UNLIKELY(!t)) {
        csan__real_ready();
        return;
    }
    if (!csan__sync_wait_begin(t, kind, object, call, timed, at))
        nap->t = NULL;
    leave(t);
}

static inline void nap_end(const struct nap *nap, bool got_it)
{
    struct thread *t = nap->t ? enter() : NULL;
    if (!t)
        return;
    csan__sync_wait_end(t, got_it);
    leave(t);
}

static inline void nap_cancelled(void *nap)
{
    nap_end(nap, false);
}

/* Sets result; `at` is the hook's caller. */
#define NAP_INTO(result, kind, object, name, timed, call)                                          \
    do {                                                                                           \
        struct nap nap;                                                                            \
        nap_begin(&nap, (kind), (uintptr_t)(object), (name), (timed), &at);                        \
        pthread_cleanup_push(nap_cancelled, &nap);                                                 \
        (result) = SLEEP_IN(csan__real.call);                                                      \
        pthread_cleanup_pop(0);                                                                    \
        nap_end(&nap, (result) != (__typeof__(result))-1);                                         \
    } while (0)

#define NAP(type, kind, object, name, timed, call)                                                 \
    do {                                                                                           \
        type result;                                                                               \
        NAP_INTO(result, kind, object, name, timed, call);                                         \
        return result;                                                                             \
    } while (0)

#endif
