// env: CSAN_MAX_THREADS=off
// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static int ends[2];
static pid_t tid;

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void *work(void *arg)
{
    char byte;
    lose();
    wipe_stack();
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    MUST(read(ends[0], &byte, 1) == 1);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pipe(ends) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    wait_until_in_call(tid, SYS_read);
    return 0;
}
