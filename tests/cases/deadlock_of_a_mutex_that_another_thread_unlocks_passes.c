// env: CSAN_LOCK_MISUSE=off
/* A mutex used as a semaphore: once another thread has unlocked it, who waits for it while holding
 * it waits for that thread, however late it comes. */
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;
static pid_t waiter_tid;

static void *give(void *arg)
{
    pthread_mutex_unlock(&lock);
    pthread_barrier_wait(&both);
    wait_until_in_call(waiter_tid, SYS_futex);
    usleep(700000); /* longer than a deadlock takes to be found */
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t id;
    waiter_tid = my_tid();
    pthread_barrier_init(&both, NULL, 2);
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&id, NULL, give, NULL) == 0);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(id, NULL) == 0);
    return 0;
}
