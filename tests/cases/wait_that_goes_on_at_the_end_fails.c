// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[wait\]: has waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// expect: held by thread [0-9]+, which took it: at hold tests/cases/wait_that_goes_on_at_the_end_fails.c:{{line:take}}
// findings: 1
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t held;

static void *hold(void *arg)
{
    pthread_mutex_lock(&lock); /* take */
    sem_post(&held);
    for (;;)
        pause();
    return arg;
}

static void *work(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&lock); /* wait */
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(sem_init(&held, 0, 0) == 0);
    MUST(pthread_create(&thread, NULL, hold, NULL) == 0);
    MUST(sem_wait(&held) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    return 0;
}
