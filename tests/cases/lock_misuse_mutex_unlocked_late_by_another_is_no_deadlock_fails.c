// flags: -pthread
// expect: error: csan\[lock-misuse\]: unlock of mutex (0x[0-9a-f]+|`[a-z]+`) by a thread that does not hold it
// expect: error: csan\[lock-misuse\]: second lock of mutex (0x[0-9a-f]+|`[a-z]+`) by the thread that holds it
// expect-not: csan\[deadlock\]
/* A mutex used as a semaphore, whose first unlock by another thread lets the holder wait for longer
 * than a deadlock is there before it is told. */
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t waiter_tid;

static void *give(void *arg)
{
    wait_until_in_call(waiter_tid, SYS_futex);
    usleep(400000); /* the time is what is tested */
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t id;
    waiter_tid = my_tid();
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&id, NULL, give, NULL) == 0);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(id, NULL) == 0);
    return 0;
}
