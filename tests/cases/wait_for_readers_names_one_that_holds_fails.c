// flags: -pthread
// env: CSAN_MAX_WAIT=150ms
// expect: error: csan\[wait\]: waited [0-9.]+ m?s for (a rwlock|rwlock `[^`]+`), to write > max_wait=150ms$
// expect: held by thread [0-9]+, which took it: at hold .*:{{line:read}}$
// findings: 1
/* libc does not say who reads: it is asked of the records of the threads, while the wait goes on. */
#include "waits.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void *write_it(void *arg)
{
    begin_to_wait();
    pthread_rwlock_wrlock(&lock);
    pthread_rwlock_unlock(&lock);
    return arg;
}

static NOINLINE void hold(pthread_t *thread)
{
    pthread_rwlock_rdlock(&lock); /* read */
    MUST(pthread_create(thread, NULL, write_it, NULL) == 0);
    wait_until_it_waits();
    nap_ms(400);
    pthread_rwlock_unlock(&lock);
}

int main(void)
{
    pthread_t thread;
    hold(&thread);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
