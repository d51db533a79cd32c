// env: CSAN_MAX_THREADS=off
// flags: -pthread
// expect-status: 0
// expect-not: .
// run: for i in $(seq 10); do $PROG || exit; done
#include "case.h"

static pthread_barrier_t barrier;

static void *shortly(void *arg)
{
    free(arg);
    return NULL;
}

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    for (;;) {
        pthread_t thread;
        void *p = malloc(40);
        if (pthread_create(&thread, NULL, shortly, p) == 0)
            pthread_join(thread, NULL);
        else
            free(p);
    }
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 2; i++)
        MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    pthread_barrier_wait(&barrier);
    return 0;
}
