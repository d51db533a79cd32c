// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: of at least 1[12] acquisitions of this lock 1 waited \([0-9.]+ %\), mean [0-9.]+ m?s$
// findings: 1
/* Of so many locks most share their place in the table with others: what came before is missing. */
#include "waits.h"

static struct {
    pthread_mutex_t before[1 << 15], lock, after[1 << 15];
} all;

static NOINLINE void want(pthread_mutex_t *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
}

static void *work(void *arg)
{
    begin_to_wait();
    want(&all.lock);
    return arg;
}

static NOINLINE void hold(pthread_t *thread)
{
    pthread_mutex_lock(&all.lock);
    MUST(pthread_create(thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    pthread_mutex_unlock(&all.lock);
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 100; i++)
        want(&all.lock);
    for (int i = 0; i < 1 << 15; i++) {
        want(&all.before[i]);
        want(&all.after[i]);
    }
    for (int i = 0; i < 10; i++)
        want(&all.lock);
    hold(&thread);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
