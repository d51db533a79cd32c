// flags: -pthread
// expect: ^{{at:wait}}: error: csan\[blocked\]: 17 threads blocked at once in sem_wait > max_blocked=16$
// findings: 1
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

int main(void)
{
    pthread_t threads[17];
    start_crowd(threads, 17);
    nap_ms(1800);
    end_crowd(threads, 17);
    return 0;
}
