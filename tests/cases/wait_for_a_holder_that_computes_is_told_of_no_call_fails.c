// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: ^{{at:wait}}: error: csan\[wait\]: waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// expect-not: the holder itself
// expect-not: make that call
// findings: 1
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&lock); /* wait */
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(1); /* a call, and a short one */
    compute_ms(150);
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
