// env: CSAN_MAX_THREADS=off
// flags: -pthread
#include "case.h"

static int ends[2];
static pid_t tid;

/* What a hook must not lose: read() is called with the pointer in rbx and nowhere else. */
static void *work(void *arg)
{
    char byte;
    void *p = malloc(32);
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    register void *volatile *only __asm__("rbx") = p;
    p = NULL;
    wipe_stack();
    __asm__ volatile("" : "+r"(only));
    MUST(read(ends[0], &byte, 1) == 1);
    __asm__ volatile("" : "+r"(only));
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
