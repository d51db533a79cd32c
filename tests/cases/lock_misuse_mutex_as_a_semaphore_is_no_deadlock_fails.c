// flags: -pthread
// expect: ^{{at:unlock}}: error: csan\[lock-misuse\]: unlock of mutex [0x`][^` ,:]+`? by a thread that does not hold it
// expect: error: csan\[lock-misuse\]: second lock of mutex [0x`][^` ,:]+`? by the thread that holds it
// expect-not: csan\[deadlock\]
/* A locks, B unlocks, A locks again: both are wrong, but nothing stands still. */
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t waiter_tid;

static NOINLINE void unlock_it(void)
{
    pthread_mutex_unlock(&lock); /* unlock */
    keep(&lock);
}

static NOINLINE void lock_it(void)
{
    pthread_mutex_lock(&lock);
    keep(&lock);
}

static void *give(void *arg)
{
    for (int i = 0; i < 3; i++) {
        wait_until_in_call(waiter_tid, SYS_futex);
        unlock_it();
        while (__atomic_exchange_n((int *)arg, 0, __ATOMIC_SEQ_CST) == 0)
            sched_yield();
    }
    return NULL;
}

int main(void)
{
    pthread_t id;
    int got = 0;
    waiter_tid = my_tid();
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&id, NULL, give, &got) == 0);
    for (int i = 0; i < 3; i++) {
        lock_it();
        __atomic_store_n(&got, 1, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(id, NULL) == 0);
    return 0;
}
