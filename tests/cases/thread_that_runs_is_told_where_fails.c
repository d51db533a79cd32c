// flags: -pthread
// expect: ^{{at:start}}: error: csan\[thread\]: 2 threads never joined nor detached: 2 still run > max_threads=0$
// expect: 1 thread runs: at (compute) .*:({{line:top}}|{{line:bottom}})
// expect: 1 thread sleeps in the kernel: at rest .*
// findings: 1
/* One by its registers, the other in a call that no hook knows. */
#include "case.h"

static volatile unsigned rounds;
static volatile int started;
static pid_t rests;

static NOINLINE void *compute(void *arg)
{
    started = 1;
    for (;;) /* top */
        rounds++; /* bottom */
    return arg;
}

static NOINLINE void *rest(void *arg)
{
    __atomic_store_n(&rests, my_tid(), __ATOMIC_SEQ_CST);
    for (;;)
        syscall(SYS_pause);
    return arg;
}

static NOINLINE void start(void *(*what)(void *))
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, what, NULL) == 0); /* start */
}

int main(void)
{
    void *(*volatile both[2])(void *) = {compute, rest};
    for (volatile int i = 0; i < 2; i++)
        start(both[i]);
    while (!started || !__atomic_load_n(&rests, __ATOMIC_SEQ_CST))
        sched_yield();
    wait_until_in_call(rests, SYS_pause);
    return 0;
}
