// flags: -pthread
#include "case.h"

static pthread_barrier_t barrier;
static int done;

static NOINLINE void churn(void)
{
    void *p[8];
    for (int i = 0; i < 8; i++)
        p[i] = malloc(16u << i);
    for (int i = 0; i < 8; i++)
        free(p[i]);
}

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST))
        churn();
    return arg;
}

int main(void)
{
    pthread_t threads[2];
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 2; i++)
        MUST(pthread_create(&threads[i], NULL, work, NULL) == 0);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 30; i++) {
        pid_t child = fork();
        if (child == 0) {
            churn();
            exit(0);
        }
        wait_for_status(child, 0);
    }
    __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 2; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
