// flags: -pthread
// env: CSAN_HANG_AFTER=300ms
// expect: error: csan\[blocked\]: nothing has run for [0-9]+ ms: 3 threads wait in sem_wait > hang_after=300ms
// expect: all for semaphore `db pool`$
// expect: sem_post came 1 time, last from thread [0-9]+, .* ago:
// expect: 1 thread waits in pthread_cond_wait for condition `more work`:
// findings: 1
// plain: no
#include "crowd.h"

#include <csan.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0)
        ;
}

int main(void)
{
    pthread_t threads[3];
    csan_name(&permits, "db pool");
    csan_name(&work, "more work");
    MUST(sem_post(&permits) == 0);
    take();
    start_crowd(threads, 3);
    pthread_mutex_lock(&lock);
    for (;;)
        pthread_cond_wait(&work, &lock);
}
