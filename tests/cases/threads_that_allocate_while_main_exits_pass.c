// env: CSAN_MAX_THREADS=off
// flags: -pthread
// expect-status: 0
// expect-not: .
// run: for i in $(seq 25); do $PROG || exit; done
#include "case.h"

static pthread_barrier_t barrier;

static NOINLINE void churn(void)
{
    void *p[8];
    for (int i = 0; i < 8; i++)
        p[i] = malloc(16u << i);
    for (int i = 0; i < 8; i++)
        p[i] = realloc(p[i], 40u << i);
    for (int i = 0; i < 8; i++)
        free(p[i]);
}

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    for (;;)
        churn();
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 3; i++)
        MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    pthread_barrier_wait(&barrier);
    return 0;
}
