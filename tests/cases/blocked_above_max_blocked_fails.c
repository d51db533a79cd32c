// flags: -pthread
// env: CSAN_MAX_BLOCKED=4
// env: CSAN_BLOCKED_AFTER=50ms
// expect: ^{{at:wait}}: error: csan\[blocked\]: 5 threads blocked at once in sem_wait > max_blocked=4$
// expect: all for one semaphore
// expect: nobody has ever posted it
// findings: 1
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    pthread_t threads[5];
    start_crowd(threads, 5);
    nap_ms(1000);
    end_crowd(threads, 5);
    return 0;
}
