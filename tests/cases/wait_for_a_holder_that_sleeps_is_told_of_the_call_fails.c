// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: ^{{at:wait}}: error: csan\[wait\]: waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// expect: [0-9]+ ms of it while the holder itself was in nanosleep:
// expect: at slow tests/cases/.*:{{line:sleep}}$
// expect: try: make that call before the lock is taken, or after it is given back
// findings: 1
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void slow(void)
{
    struct timespec time = {0, 150000000};
    nanosleep(&time, NULL); /* sleep */
    keep(&time);
}

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
    slow();
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
