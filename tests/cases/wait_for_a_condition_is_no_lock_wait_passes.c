// flags: -pthread
// env: CSAN_MAX_WAIT=20ms
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int is_ready;

static void *work(void *arg)
{
    pthread_mutex_lock(&lock);
    begin_to_wait();
    while (!is_ready)
        pthread_cond_wait(&ready, &lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(100);
    pthread_mutex_lock(&lock);
    is_ready = 1;
    pthread_mutex_unlock(&lock);
    pthread_cond_signal(&ready);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
