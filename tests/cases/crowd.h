/* A crowd: so many threads that each take a permit, of which there are none, by the case's own
 * `take`. With end_crowd each is given one, and ends. */
#ifndef CROWD_H
#define CROWD_H

#include "waits.h"

static sem_t permits; /* zeroed: as sem_init(&permits, 0, 0) leaves it */

static void take(void);

static void *take_one(void *arg)
{
    begin_to_wait();
    take();
    return arg;
}

static inline void start_crowd(pthread_t *threads, int n)
{
    start_waiting(threads, n, take_one);
}

static inline void end_crowd(const pthread_t *threads, int n)
{
    for (int i = 0; i < n; i++)
        MUST(sem_post(&permits) == 0);
    for (int i = 0; i < n; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
}

#endif
