// flags: -pthread
// leak: leak 1.6 KiB in 50 blocks
#include "case.h"

static pthread_barrier_t barrier;

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    keep(malloc(32)); /* leak */
    return arg;
}

int main(void)
{
    pthread_t threads[50];
    pthread_barrier_init(&barrier, NULL, 50);
    for (int i = 0; i < 50; i++)
        MUST(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < 50; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
