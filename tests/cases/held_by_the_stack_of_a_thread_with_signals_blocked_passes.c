// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static int started;

static void *work(void *arg)
{
    void *volatile local = malloc(32);
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    __atomic_store_n(&started, 1, __ATOMIC_SEQ_CST);
    for (;;)
        keep(local);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    return 0;
}
