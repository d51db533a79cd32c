// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 3 threads blocked at once in sem_wait > max_blocked=2$
// expect: sem_post came 1 time, last from thread [0-9]+.* ago:
// expect: at give .*:{{line:give}}$
// findings: 1
#include "waits.h"

static sem_t permits;

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* wait */
        ;
}

static NOINLINE void give(void)
{
    MUST(sem_post(&permits) == 0); /* give */
}

static void *work(void *arg)
{
    begin_to_wait();
    take();
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(sem_init(&permits, 0, 0) == 0);
    give();
    take();
    for (int i = 0; i < 3; i++) {
        waiter_tid = 0;
        MUST(pthread_create(&thread, NULL, work, NULL) == 0);
        wait_until_it_waits();
    }
    nap_ms(300);
    return 0;
}
