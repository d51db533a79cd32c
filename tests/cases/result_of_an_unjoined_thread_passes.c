// flags: -pthread
// env: CSAN_MAX_THREADS=off
// expect-status: 0
// expect-not: error
#include "case.h"

static pid_t tid;

static void *work(void *arg)
{
    (void)arg;
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    return malloc(32);
}

int main(void)
{
    pthread_t thread;
    char path[64];
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    snprintf(path, sizeof(path), "/proc/self/task/%d", (int)tid);
    while (access(path, F_OK) == 0)
        sched_yield();
    return 0;
}
