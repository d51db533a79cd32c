// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pid_t tid;

static void *work(void *arg)
{
    void *volatile local = malloc(32);
    pthread_mutex_lock(&mutex);
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    for (;;)
        pthread_cond_wait(&never, &mutex);
    keep(local);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    wait_until_in_call(tid, SYS_futex);
    return 0;
}
