// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static pid_t tid;

static void *work(void *arg)
{
    (void)arg;
    void *result = malloc(32); /* leak */
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    return result;
}

int main(void)
{
    pthread_t thread;
    char path[64];
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_detach(thread) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    snprintf(path, sizeof(path), "/proc/self/task/%d", (int)tid);
    while (access(path, F_OK) == 0)
        sched_yield();
    return 0;
}
