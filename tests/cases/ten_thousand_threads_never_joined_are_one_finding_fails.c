// flags: -pthread
// expect: ^{{at:start}}: error: csan\[thread\]: 10,000 threads never joined .*: 10,000 have ended > max_th
// findings: 1
#include "case.h"

static int ended;

static NOINLINE void *work(void *arg)
{
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
    return arg;
}

static NOINLINE pthread_t start(const pthread_attr_t *attr)
{
    pthread_t thread;
    MUST(pthread_create(&thread, attr, work, NULL) == 0); /* start */
    return thread;
}

int main(void)
{
    pthread_attr_t attr;
    MUST(pthread_attr_init(&attr) == 0);
    MUST(pthread_attr_setstacksize(&attr, 16384) == 0);
    for (volatile int i = 0; i < 10000; i++) {
        start(&attr);
        while (__atomic_load_n(&ended, __ATOMIC_SEQ_CST) <= i)
            sched_yield();
    }
    MUST(pthread_attr_destroy(&attr) == 0);
    return 0;
}
