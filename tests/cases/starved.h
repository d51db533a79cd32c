/* A holder that could go on, and is not let run for more than a second: it is alone with a thread
 * that computes on one processor, and comes after everybody else. */
#ifndef STARVED_H
#define STARVED_H

#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int enough;

static inline void stay_on_the_first_processor(void)
{
    cpu_set_t all, one;
    int first = 0;
    MUST(sched_getaffinity(0, sizeof all, &all) == 0);
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    MUST(sched_setaffinity(0, sizeof one, &one) == 0);
}

static void *compute_until_told(void *arg)
{
    stay_on_the_first_processor();
    while (!enough)
        ;
    return arg;
}

static void *tell_later(void *arg)
{
    nap_ms(1300);
    enough = 1;
    return arg;
}

static void *want(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static inline void hold_while_starved(void)
{
    pthread_t waiter, other, clock;
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&waiter, NULL, want, NULL) == 0);
    wait_until_it_waits();
    compute_ms(60); /* its own work counts */
    MUST(pthread_create(&clock, NULL, tell_later, NULL) == 0);
    MUST(pthread_create(&other, NULL, compute_until_told, NULL) == 0);
    stay_on_the_first_processor();
    MUST(sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){0}) == 0);
    while (!enough)
        ;
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(waiter, NULL) == 0);
    MUST(pthread_join(other, NULL) == 0);
    MUST(pthread_join(clock, NULL) == 0);
}

#endif
