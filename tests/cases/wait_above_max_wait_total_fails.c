// flags: -pthread
// env: CSAN_MAX_WAIT_TOTAL=50ms
// expect: ^{{at:wait}}: error: csan\[wait\]: [0-9]+ ms in 1 wait for (a mutex|mutex `[^`]+`) > max_wait_total=50ms$
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
