// flags: -pthread
// env: CSAN_MAX_WAIT=60s
// env: CSAN_MAX_THREADS=off
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t held;

static void *hold(void *arg)
{
    pthread_mutex_lock(&lock); /* take */
    sem_post(&held);
    for (;;)
        pause();
    return arg;
}

static void *work(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&lock); /* wait */
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(sem_init(&held, 0, 0) == 0);
    MUST(pthread_create(&thread, NULL, hold, NULL) == 0);
    MUST(sem_wait(&held) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    return 0;
}
