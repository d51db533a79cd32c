// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static int started;

static void *work(void *arg)
{
    void *p = malloc(32);
    wipe_stack();
    __asm__ volatile("movq %0, %%xmm9\n\t"
                     "xor %0, %0\n\t"
                     "movl $1, %1\n"
                     "1:\tpause\n\t"
                     "jmp 1b"
                     : "+a"(p), "=m"(started)
                     :
                     : "xmm9", "memory");
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
