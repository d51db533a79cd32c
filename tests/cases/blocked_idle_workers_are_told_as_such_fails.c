// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[blocked\]: 3 threads blocked at once in pthread_cond_wait > max_b
// expect: pthread_cond_signal came [12] times?, last from thread [0-9]+.* ago:
// expect: at give_work .*:{{line:signal}}$
// expect: try: are these idle workers\? then accept them as below; else give on every path$
// expect: accept: CSAN_MAX_BLOCKED=3, or a suppression line  blocked:take_work
// findings: 1
#include "waits.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some_work = PTHREAD_COND_INITIALIZER;
static int work, done;

static NOINLINE void take_work(void)
{
    MUST(pthread_mutex_lock(&mutex) == 0);
    while (!work)
        MUST(pthread_cond_wait(&some_work, &mutex) == 0); /* wait */
    work--;
    MUST(pthread_mutex_unlock(&mutex) == 0);
}

static NOINLINE void give_work(void)
{
    MUST(pthread_mutex_lock(&mutex) == 0);
    work++;
    MUST(pthread_cond_signal(&some_work) == 0); /* signal */
    MUST(pthread_mutex_unlock(&mutex) == 0);
}

static void *serve(void *arg)
{
    begin_to_wait();
    for (;;) {
        take_work();
        __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
    }
    return arg;
}

int main(void)
{
    pthread_t threads[3];
    start_waiting(threads, 3, serve);
    for (int i = 1; i <= 2; i++) {
        give_work();
        while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) < i)
            sched_yield();
    }
    nap_ms(300);
    return 0;
}
