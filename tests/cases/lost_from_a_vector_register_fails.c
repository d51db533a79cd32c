// env: CSAN_MAX_THREADS=off
// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static int started;

static NOINLINE uintptr_t hidden(void)
{
    return ~(uintptr_t)malloc(32); /* leak */
}

/* As in held_by_a_vector_register_of_a_running_thread_passes.c, and then it is overwritten. */
static void *work(void *arg)
{
    uintptr_t p = hidden();
    wipe_stack();
    __asm__ volatile("not %0\n\t"
                     "movq %0, %%xmm9\n\t"
                     "xor %0, %0\n\t"
                     "pxor %%xmm9, %%xmm9\n\t"
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
