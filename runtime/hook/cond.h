/* What the hooks of pthread's and C11's conditions and once share.
 *
 * COND_NAP leaves the hook with what the real call returned. Needs nap.h; cond.c has the code. */
#ifndef CSAN_HOOK_COND_H
#define CSAN_HOOK_COND_H

#include "hook/nap.h"

struct cond_nap {
    struct nap nap;
    bool slept, mutex_was_held;
    struct held was; /* the mutex */
};

void csan__cond_begin(struct cond_nap *n, const void *cond, const void *mutex, const char *call,
                      bool timed, const struct regs *at);
void csan__cond_end(struct cond_nap *n, bool got_it);
/* libc has taken the mutex again before cleanup handlers run, this one the first of them. */
void csan__cond_cancelled(void *n);

#define COND_NAP(cond, mutex, name, timed, call, success)                                          \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        struct cond_nap n;                                                                         \
        int result;                                                                                \
        csan__cond_begin(&n, (cond), (mutex), (name), (timed), &at);                               \
        pthread_cleanup_push(csan__cond_cancelled, &n);                                            \
        result = SLEEP_IN(csan__real.call);                                                        \
        pthread_cleanup_pop(0);                                                                    \
        csan__cond_end(&n, result == (success));                                                   \
        return result;                                                                             \
    } while (0)

/* pthread_once and call_once, for a flag that is not done. */
int csan__once_run(void *flag, void (*routine)(void), const char *name, const struct regs *at);

#endif
