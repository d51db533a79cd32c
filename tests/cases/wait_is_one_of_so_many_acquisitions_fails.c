// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: of 1000 acquisitions of this lock 1 waited \(0\.1 %\), mean [0-9.]+ m?s$
// findings: 1
/* Where nobody waits the takings are counted too: 998, the one that was waited for, and its own. */
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void want(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
    begin_to_wait();
    want();
    return arg;
}

static NOINLINE void hold(pthread_t *thread)
{
    pthread_mutex_lock(&lock);
    MUST(pthread_create(thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 998; i++)
        want();
    hold(&thread);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
