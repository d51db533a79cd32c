// plain: no
#include "case.h"

#include <csan.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t waiter;
static pthread_barrier_t met;

static void *run(void *arg)
{
    waiter = my_tid();
    pthread_barrier_wait(&met);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    csan_mark_t mark = csan_mark();
    pthread_barrier_init(&met, NULL, 2);
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&thread, NULL, run, NULL) == 0);
    pthread_barrier_wait(&met);
    wait_until_in_call(waiter, SYS_futex);
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(thread, NULL) == 0);
    struct csan_stats s = csan_stats(mark);
    MUST(s.lock_waits == 1 && s.lock_wait_ns > 0);
    return 0;
}
