// flags: -pthread
// expect: error: csan\[deadlock\]: a thread waits for mutex (0x[0-9a-f]+|`[a-z]+`), which it holds itself
/* Another thread runs all the while, and could unlock it: it has had its time. */
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
    for (;;)
        sched_yield();
    return arg;
}

int main(void)
{
    pthread_t id;
    MUST(pthread_create(&id, NULL, work, NULL) == 0);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return 0;
}
