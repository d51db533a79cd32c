// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 3 threads blocked at once in sem_wait > max_blocked=2$
// expect: sem_post came 1 time, last from thread [0-9]+.* ago:
// expect: at give .*:{{line:give}}$
// findings: 1
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

static NOINLINE void give(void)
{
    MUST(sem_post(&permits) == 0); /* give */
}

int main(void)
{
    pthread_t threads[3];
    give();
    take();
    start_crowd(threads, 3);
    nap_ms(300);
    return 0;
}
