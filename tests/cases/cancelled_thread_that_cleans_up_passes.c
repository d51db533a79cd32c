// flags: -pthread
#include "case.h"

#include <poll.h>

static pid_t tid;

static void *work(void *arg)
{
    void *p = malloc(32);
    pthread_cleanup_push(free, p);
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    for (;;)
        poll(NULL, 0, -1);
    pthread_cleanup_pop(1);
    return arg;
}

int main(void)
{
    pthread_t thread;
    void *result = NULL;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    wait_until_in_call(tid, SYS_poll);
    MUST(pthread_cancel(thread) == 0);
    MUST(pthread_join(thread, &result) == 0);
    MUST(result == PTHREAD_CANCELED);
    return 0;
}
