// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static __thread void *local;
static pthread_barrier_t barrier;

static void *work(void *arg)
{
    local = malloc(32);
    keep(&local);
    pthread_barrier_wait(&barrier);
    for (;;)
        pause();
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 2);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    pthread_barrier_wait(&barrier);
    return 0;
}
