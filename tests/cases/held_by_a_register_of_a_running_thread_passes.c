// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static int started;

/* The pointer lives in a callee-saved register alone, in a loop that calls nothing. */
static void *work(void *arg)
{
    void *p = malloc(32);
    wipe_stack();
    __asm__ volatile("mov %0, %%r14\n\t"
                     "xor %0, %0\n\t"
                     "movl $1, %1\n"
                     "1:\tpause\n\t"
                     "jmp 1b"
                     : "+a"(p), "=m"(started)
                     :
                     : "r14", "memory");
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
