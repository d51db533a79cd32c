// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 3 threads blocked at once in sem_wait > max_blocked=2$
// expect: sem_post came 1 time, last from thread [0-9]+.* ago:
// expect: try: who gave it before waits here too: give back on every path, before waiting again$
// findings: 1
#include "crowd.h"

static void take_permit(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

/* The second time it is not given back. */
static NOINLINE void take(void)
{
    for (volatile int i = 0; i < 3; i++) {
        take_permit();
        if (i == 0)
            MUST(sem_post(&permits) == 0);
    }
}

int main(void)
{
    pthread_t threads[3];
    MUST(sem_init(&permits, 0, 1) == 0);
    start_crowd(threads, 3);
    nap_ms(400);
    return 0;
}
