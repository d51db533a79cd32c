// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: of at least [0-9]+ acquisitions of this lock 1 waited \([0-9.]+ %\), mean [0-9.]+ m?s$
// expect-not: of [0-9]+ acquisitions
// findings: 1
/* Readers that nobody holds up are not counted. */
#include "waits.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static NOINLINE void look(void)
{
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
}

static void *work(void *arg)
{
    begin_to_wait();
    look();
    return arg;
}

static NOINLINE void hold(pthread_t *thread)
{
    pthread_rwlock_wrlock(&lock);
    MUST(pthread_create(thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    pthread_rwlock_unlock(&lock);
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 100; i++)
        look();
    hold(&thread);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
