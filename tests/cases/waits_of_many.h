/* Some threads that go through sections of one lock, again and again, in turn: nobody gives the
 * lock back before all others want it, nor takes it twice running. Enough waits to show what they
 * have in common. */
#ifndef WAITS_OF_MANY_H
#define WAITS_OF_MANY_H

#include "waits.h"

#define ROUNDS 60

static pthread_barrier_t all_there;
static int live, wanting, inside, takes;

static void section(int worker, int round);

static int count_now(int *of)
{
    return __atomic_load_n(of, __ATOMIC_SEQ_CST);
}

static int count_up(int *of, int by)
{
    return __atomic_add_fetch(of, by, __ATOMIC_SEQ_CST);
}

/* Around lock and unlock, where one is inside at a time. */
static inline void before_it(void)
{
    count_up(&wanting, 1);
}

static inline int inside_it(long us)
{
    count_up(&inside, 1);
    count_up(&wanting, -1);
    int mine = count_up(&takes, 1);
    while (count_now(&wanting) + count_now(&inside) < count_now(&live))
        sched_yield();
    compute_us(us);
    count_up(&inside, -1);
    return mine;
}

static inline void after_it(int mine)
{
    while (count_now(&takes) == mine && count_now(&live) > 1)
        sched_yield();
}

static void *worker(void *arg)
{
    pthread_barrier_wait(&all_there);
    for (int i = 0; i < ROUNDS; i++)
        section((int)(intptr_t)arg, i);
    count_up(&live, -1);
    return NULL;
}

static inline void run_workers(int n)
{
    pthread_t threads[8];
    live = n;
    MUST(pthread_barrier_init(&all_there, NULL, (unsigned)n) == 0);
    for (int i = 0; i < n; i++)
        MUST(pthread_create(&threads[i], NULL, worker, (void *)(intptr_t)i) == 0);
    for (int i = 0; i < n; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
}

#endif
