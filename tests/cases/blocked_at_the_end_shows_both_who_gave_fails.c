// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 3 threads blocked at once in sem_wait > max_blocked=2$
// expect: sem_post came 2 times, last from thread [0-9]+; the last of all .* ago:
// expect: at give_when_done .*:{{line:done}}$
// expect: sem_post came 1 time, last from thread [0-9]+: at give_on_error .*:{{line:error}}$
// findings: 1
#include "crowd.h"

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

static NOINLINE void give_when_done(void)
{
    MUST(sem_post(&permits) == 0); /* done */
}

static NOINLINE void give_on_error(void)
{
    MUST(sem_post(&permits) == 0); /* error */
}

int main(void)
{
    pthread_t threads[3];
    for (volatile int i = 0; i < 2; i++)
        give_when_done();
    give_on_error();
    for (int i = 0; i < 3; i++)
        take();
    start_crowd(threads, 3);
    nap_ms(100);
    return 0;
}
