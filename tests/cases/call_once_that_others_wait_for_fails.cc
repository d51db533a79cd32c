// flags: -pthread
// env: CSAN_MAX_BLOCKED=1
// env: CSAN_BLOCKED_AFTER=20ms
// env: CSAN_MAX_THREADS=off
// expect: csan\[blocked\]: 2 threads blocked at once in pthread_once > max_blocked=1$
// expect: at wait_for_it.* .*:{{line:wait}}
// findings: 1
#include "waits.h"

#include <mutex>

static std::once_flag once;
static sem_t never;

static void begin()
{
    begin_to_wait();
    while (sem_wait(&never) != 0)
        ;
}

static NOINLINE void wait_for_it()
{
    std::call_once(once, begin); /* wait */
    keep(NULL);
}

static void *work(void *arg)
{
    begin_to_wait();
    wait_for_it();
    return arg;
}

int main()
{
    pthread_t threads[3];
    try {
        std::call_once(once, [] { throw 1; });
    } catch (int) {
    }
    MUST(sem_init(&never, 0, 0) == 0);
    start_waiting(threads, 3, work);
    nap_ms(100);
    return 0;
}
