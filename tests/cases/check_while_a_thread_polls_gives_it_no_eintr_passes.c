// env: CSAN_MAX_THREADS=off
// plain: no
// flags: -pthread
#include "case.h"

#include <csan.h>
#include <poll.h>

static int ends[2];
static pid_t tid;

static void *work(void *arg)
{
    struct pollfd one = {.fd = ends[0], .events = POLLIN};
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    MUST(poll(&one, 1, 1000000) == 1);
    return arg;
}

int main(void)
{
    pthread_t thread;
    csan_mark_t mark = csan_mark();
    MUST(pipe(ends) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    wait_until_in_call(tid, SYS_poll);
    for (int i = 0; i < 20; i++)
        MUST(csan_check(mark) == 0);
    MUST(write(ends[1], "x", 1) == 1);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
