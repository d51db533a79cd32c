/* Two threads and a lock: one holds it and sleeps, when the other has begun to wait for it. */
#ifndef WAITS_H
#define WAITS_H

#include "case.h"

#include <semaphore.h>
#include <time.h>

static pid_t waiter_tid;

static inline void nap_ms(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

/* Without a call that could block. */
static inline void compute_us(long us)
{
    struct timespec from, now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - from.tv_sec) * 1000000 + (now.tv_nsec - from.tv_nsec) / 1000 < us);
}

static inline void compute_ms(long ms)
{
    compute_us(ms * 1000);
}

static inline void begin_to_wait(void)
{
    __atomic_store_n(&waiter_tid, my_tid(), __ATOMIC_SEQ_CST);
}

static inline void wait_until_it_waits(void)
{
    while (!__atomic_load_n(&waiter_tid, __ATOMIC_SEQ_CST))
        sched_yield();
    wait_until_in_call(waiter_tid, SYS_futex);
}

/* So many threads, when each has begun_to_wait and sleeps. */
static inline void start_waiting(pthread_t *threads, int n, void *(*work)(void *))
{
    pthread_attr_t attr;
    MUST(pthread_attr_init(&attr) == 0);
    MUST(pthread_attr_setstacksize(&attr, 64 << 10) == 0);
    for (int i = 0; i < n; i++) {
        waiter_tid = 0;
        MUST(pthread_create(&threads[i], &attr, work, NULL) == 0);
        wait_until_it_waits();
    }
    MUST(pthread_attr_destroy(&attr) == 0);
}

#endif
