// flags: -pthread
// env: CSAN_MAX_WAIT=off
// env: CSAN_MAX_WAIT_TOTAL=1ms
// expect: error: csan\[wait\]: .* for (a mutex|mutex `[^`]+`) > max_wait_total=1ms$
// expect-not: convoy
// expect-not: one by one
// findings: 1
/* Who left its waits for the lock by siglongjmp waits no more: the two that take turns later are no
 * queue of three. */
#include "waits_of_many.h"

#include <setjmp.h>
#include <signal.h>

#define LEFT 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sigjmp_buf out;
static pthread_t waiter;
static pid_t waiter_id;
static int left, is_held;

static NOINLINE void count(void)
{
    before_it();
    pthread_mutex_lock(&lock);
    int mine = inside_it(200);
    pthread_mutex_unlock(&lock);
    after_it(mine);
}

static void section(int who, int round)
{
    (void)who;
    (void)round;
    count();
}

static void leave_it(int number)
{
    (void)number;
    siglongjmp(out, 1);
}

static void *hold(void *arg)
{
    pthread_mutex_lock(&lock);
    __atomic_store_n(&is_held, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < LEFT; i++) {
        while (__atomic_load_n(&left, __ATOMIC_SEQ_CST) != i)
            sched_yield();
        wait_until_in_call(waiter_id, SYS_futex);
        pthread_kill(waiter, SIGUSR1);
    }
    while (__atomic_load_n(&left, __ATOMIC_SEQ_CST) != LEFT)
        sched_yield();
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t holder;
    waiter = pthread_self();
    waiter_id = my_tid();
    signal(SIGUSR1, leave_it);
    MUST(pthread_create(&holder, NULL, hold, NULL) == 0);
    while (!__atomic_load_n(&is_held, __ATOMIC_SEQ_CST))
        sched_yield();
    if (sigsetjmp(out, 1) != 0)
        __atomic_fetch_add(&left, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&left, __ATOMIC_SEQ_CST) < LEFT)
        pthread_mutex_lock(&lock);
    MUST(pthread_join(holder, NULL) == 0);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    run_workers(2);
    return 0;
}
