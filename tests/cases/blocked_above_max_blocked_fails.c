// flags: -pthread
// env: CSAN_MAX_BLOCKED=4
// env: CSAN_BLOCKED_AFTER=50ms
// expect: ^{{at:wait}}: error: csan\[blocked\]: 5 threads blocked at once in sem_wait > max_blocked=4$
// expect: all for one semaphore
// expect: nobody has ever posted it
// findings: 1
#include "waits.h"

#define THREADS 5

static sem_t permits;

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

static void *work(void *arg)
{
    begin_to_wait();
    take();
    return arg;
}

int main(void)
{
    pthread_t thread[THREADS];
    MUST(sem_init(&permits, 0, 0) == 0);
    start_waiting(thread, THREADS, work);
    nap_ms(1000);
    for (int i = 0; i < THREADS; i++)
        MUST(sem_post(&permits) == 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(thread[i], NULL) == 0);
    return 0;
}
