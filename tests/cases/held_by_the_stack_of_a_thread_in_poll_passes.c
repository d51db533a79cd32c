// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

#include <poll.h>

static pid_t tid;

static void *work(void *arg)
{
    void *volatile local = malloc(32);
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    poll(NULL, 0, -1);
    keep(local);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    wait_until_in_call(tid, SYS_poll);
    return 0;
}
