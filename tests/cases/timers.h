/* What the cases of timer threads share: a function that is called once in a thread of libc's. */
#ifndef TIMERS_H
#define TIMERS_H

#include "case.h"

#include <semaphore.h>
#include <time.h>

static sem_t fired, never;

static inline void fire(void (*work)(union sigval))
{
    timer_t timer;
    struct sigevent how = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = work};
    struct itimerspec soon = {.it_value = {0, 1}};
    MUST(sem_init(&fired, 0, 0) == 0 && sem_init(&never, 0, 0) == 0);
    MUST(timer_create(CLOCK_MONOTONIC, &how, &timer) == 0);
    MUST(timer_settime(timer, 0, &soon, NULL) == 0);
    while (sem_wait(&fired) != 0)
        MUST(errno == EINTR);
}

#endif
