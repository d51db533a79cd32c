// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_DUMP_SIGNAL=USR2
// findings: 3
// expect: error: csan\[blocked\]: 3 threads blocked at once in sem_wait > max_blocked=2
// expect: the longest for .*, all for semaphore `db pool`
// expect: 1 thread waits in pthread_cond_wait for condition `more work`:
// expect: error: csan\[thread\]: 3 threads never joined nor detached: 3 still run
// expect: 3 threads wait in sem_wait for semaphore `db pool`:
// expect: 1 thread waits in pthread_cond_wait for condition `more work`:
// expect: ^ *3 threads wait in sem_wait for [0-9.]+ [mu]?s.*$
// expect: threads [0-9]+, [0-9]+, [0-9]+; all for semaphore `db pool`$
// expect: thread [0-9]+; for condition `more work`$
#include "crowd.h"

#include <csan.h>
#include <signal.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0)
        ;
}

static NOINLINE void *wait_for_work(void *arg)
{
    pthread_mutex_lock(&lock);
    begin_to_wait();
    for (;;)
        pthread_cond_wait(&work, &lock);
    return arg;
}

int main(void)
{
    pthread_t threads[3], worker;
    csan_name(&permits, "db pool");
    csan_name(&work, "more work");
    start_crowd(threads, 3);
    start_waiting(&worker, 1, wait_for_work);
    nap_ms(300);
    raise(SIGUSR2);
    return 0;
}
