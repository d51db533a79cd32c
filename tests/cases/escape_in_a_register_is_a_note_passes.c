/* A running thread has the row's address in a register, and nowhere else. */
// flags: -pthread
// env: CSAN_VERBOSITY=1
// env: CSAN_MAX_THREADS=1
// expect: note: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored$
// expect: register
// expect: ^csan: PASS
// expect-not: error:
#include "escaping.h"

static unsigned long disguised;
static int is_there, may_go;

static NOINLINE void remember(const char *row)
{
    disguised = ~(unsigned long)row;
}

static void *work(void *arg)
{
    __asm__ volatile("mov %0, %%r12\n\t"
                     "not %%r12\n\t"
                     "movl $1, %1\n"
                     "1: cmpl $0, %2\n\t"
                     "je 1b\n\t"
                     "xor %%r12, %%r12"
                     :
                     : "m"(disguised), "m"(is_there), "m"(may_go)
                     : "r12", "memory", "cc");
    return arg;
}

int main(void)
{
    pthread_t worker;
    serve();
    MUST(pthread_create(&worker, NULL, work, NULL) == 0);
    while (!__atomic_load_n(&is_there, __ATOMIC_ACQUIRE))
        sched_yield();
    wipe_stack();
    csan_check(0);
    __atomic_store_n(&may_go, 1, __ATOMIC_RELEASE);
    MUST(pthread_join(worker, NULL) == 0);
    return 0;
}
