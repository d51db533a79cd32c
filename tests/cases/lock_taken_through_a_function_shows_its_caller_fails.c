// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: held by thread [0-9]+, which took it: at enter .*:{{line:take}}$
// expect: ^ +at hold .*:{{line:enter}}$
// findings: 1
/* Nobody has ever waited for it before, and it was taken a few times only. */
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void enter(void)
{
    MUST(pthread_mutex_lock(&lock) == 0); /* take */
}

static void *work(void *arg)
{
    begin_to_wait();
    enter();
    pthread_mutex_unlock(&lock);
    return arg;
}

static NOINLINE void hold(pthread_t *thread)
{
    enter(); /* enter */
    MUST(pthread_create(thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 10; i++) {
        enter();
        pthread_mutex_unlock(&lock);
    }
    hold(&thread);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
