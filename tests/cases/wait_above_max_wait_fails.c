// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: ^{{at:wait}}: error: csan\[wait\]: waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// expect: held by thread [0-9]+, which took it: at hold tests/cases/wait_above_max_wait_fails.c:{{line:take}}
// expect: [0-9]+ threads? could run on [0-9]+ cores? then
// findings: 1
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void want(void)
{
    pthread_mutex_lock(&lock); /* wait */
    pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
    begin_to_wait();
    want();
    return arg;
}

static NOINLINE void hold(pthread_t *thread)
{
    pthread_mutex_lock(&lock); /* take */
    MUST(pthread_create(thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    pthread_mutex_unlock(&lock); /* give */
}

int main(void)
{
    pthread_t thread;
    hold(&thread);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
