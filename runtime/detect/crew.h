/* A crew: threads that work for a verdict while the program's stand still.
 *
 * They are the kernel's alone: no libc, no thread-local storage of their own, every signal blocked,
 * no SIGCHLD when they end, nothing of them left when crew_end returns. Where the kernel gives none
 * (RLIMIT_NPROC, a seccomp filter that might kill for the asking, one processor) there is no crew,
 * and the one thread does it all.
 *
 * World stopped; by the thread that holds the verdict. work() may use what is in base, record and
 * detect, by atomic operations where the others do too. Needs base; used by detect/mark.c. */
#ifndef CSAN_DETECT_CREW_H
#define CSAN_DETECT_CREW_H

#include "base/base.h"

#define CREW_MAX 7u

struct crew {
    uint32_t n;
    struct hand {
        uint32_t tid; /* 0: ended, by the kernel; first: see csan__os_clone */
        void (*work)(void *arg);
        void *arg, *stack;
    } hands[CREW_MAX];
};

/* How many may be had: the other processors, at most CREW_MAX. */
uint32_t csan__crew_size(void);
/* One more, that runs work(arg). False: there is none to be had. */
bool csan__crew_join(struct crew *c, void (*work)(void *arg), void *arg);
/* Waits until all have ended by themselves. */
void csan__crew_end(struct crew *c);

#endif
