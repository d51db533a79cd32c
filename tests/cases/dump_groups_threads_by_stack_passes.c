// flags: -pthread
// plain: no
// env: CSAN_MAX_WAIT=off
// env: CSAN_DUMP_SIGNAL=USR2
// expect: ^csan: 6 threads of dump_groups_threads_by_stack_passes \(process [0-9]+\), by stack:$
// expect: ^3 threads wait in sem_wait for .*: threads [0-9]+, [0-9]+, [0-9]+; all for one semaphore$
// expect: ^    at take .*:{{line:take}}$
// expect: ^    nobody has ever posted it$
// expect: ^1 thread waits in pthread_mutex_lock for .*: thread [0-9]+$
// expect: ^    held by thread [0-9]+, which took it.*: at main .*:{{line:hold}}$
// expect: ^1 thread waits in read for .*: thread [0-9]+$
// expect: ^1 thread runs: thread [0-9]+$
// expect: ^    at spin .*:{{line:spin}}
// expect: ^csan: end of the threads of dump_groups_threads_by_stack_passes \(process [0-9]+\)$
// expect-not: csan: FAIL
#include "dump.h"

static sem_t permits;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int go_on = 1;

static NOINLINE void take(void)
{
    while (sem_wait(&permits) != 0) /* take */
        ;
}

static void *take_permit(void *arg)
{
    begin_to_wait();
    take();
    return arg;
}

static void *take_mutex(void *arg)
{
    begin_to_wait();
    MUST(pthread_mutex_lock(&mutex) == 0);
    MUST(pthread_mutex_unlock(&mutex) == 0);
    return arg;
}

static NOINLINE void spin(void)
{
    while (__atomic_load_n(&go_on, __ATOMIC_RELAXED)) /* spin */
        ;
}

static void *run(void *arg)
{
    spin();
    return arg;
}

int main(void)
{
    pthread_t threads[5];
    MUST(sem_init(&permits, 0, 0) == 0);
    MUST(pthread_mutex_lock(&mutex) == 0); /* hold */
    MUST(pthread_create(&threads[4], NULL, run, NULL) == 0);
    for (int i = 0; i < 4; i++) {
        waiter_tid = 0;
        MUST(pthread_create(&threads[i], NULL, i < 3 ? take_permit : take_mutex, NULL) == 0);
        wait_until_it_waits();
    }
    begin_dumps();
    for (int i = 0; i < 2; i++) {
        MUST(kill(getpid(), SIGUSR2) == 0);
        wait_for_dump();
    }
    end_dumps();
    go_on = 0;
    MUST(pthread_mutex_unlock(&mutex) == 0);
    for (int i = 0; i < 3; i++)
        MUST(sem_post(&permits) == 0);
    for (int i = 0; i < 5; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
