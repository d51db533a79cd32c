// flags: -pthread
// env: CSAN_BLOCKED_AFTER=50ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 2000 threads blocked at once in sem_wait > max_blocked=16$
// expect: all for one semaphore
// findings: 1
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    static pthread_t threads[2000];
    start_crowd(threads, 2000);
    nap_ms(100);
    return 0;
}
