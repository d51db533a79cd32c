// flags: -pthread
// env: CSAN_BLOCKED_AFTER=50ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 2000 threads blocked at once in sem_wait > max_blocked=16$
// expect: all for one semaphore
// findings: 1
#include "waits.h"

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
    static pthread_t threads[2000];
    MUST(sem_init(&permits, 0, 0) == 0);
    start_waiting(threads, 2000, work);
    nap_ms(100);
    return 0;
}
