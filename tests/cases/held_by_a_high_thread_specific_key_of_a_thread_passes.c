// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static pthread_barrier_t barrier;
static pthread_key_t key;

static void *work(void *arg)
{
    MUST(pthread_setspecific(key, malloc(32)) == 0);
    wipe_stack();
    pthread_barrier_wait(&barrier);
    for (;;)
        pause();
    return arg;
}

int main(void)
{
    pthread_t thread;
    while (key < 100)
        MUST(pthread_key_create(&key, NULL) == 0);
    pthread_barrier_init(&barrier, NULL, 2);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    pthread_barrier_wait(&barrier);
    return 0;
}
