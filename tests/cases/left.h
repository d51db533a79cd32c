/* What the cases of threads that nobody joins share: what such threads do. */
#ifndef LEFT_H
#define LEFT_H

#include "case.h"

#include <semaphore.h>
#include <threads.h>

static sem_t never, ended;

static inline void begin(void)
{
    MUST(sem_init(&never, 0, 0) == 0);
    MUST(sem_init(&ended, 0, 0) == 0);
}

static __attribute__((unused)) void *wait_for_ever(void *arg)
{
    while (sem_wait(&never) != 0)
        ;
    return arg;
}

static __attribute__((unused)) void *end(void *arg)
{
    sem_post(&ended);
    return arg;
}

static __attribute__((unused)) void *detach_itself(void *arg)
{
    pthread_detach(pthread_self());
    sem_post(&ended);
    return arg;
}

static __attribute__((unused)) int end_c11(void *arg)
{
    (void)arg;
    sem_post(&ended);
    return 0;
}

#endif
