// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: ^{{at:outer}}: error: csan\[wait\]: waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// expect: [0-9]+ ms of it while the holder itself waited for mutex [0x`][^` ,:]+`?:
// expect: at middle tests/cases/.*:{{line:inner}}$
// expect: try: give this lock back before waiting for the other, or take the other first
// expect: ^{{at:inner}}: error: csan\[wait\]: waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// findings: 2
#include "waits.h"

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pid_t middle_tid;

static void *middle(void *arg)
{
    pthread_mutex_lock(&first);
    __atomic_store_n(&middle_tid, my_tid(), __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&second); /* inner */
    pthread_mutex_unlock(&second);
    pthread_mutex_unlock(&first);
    return arg;
}

static void *last(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&first); /* outer */
    pthread_mutex_unlock(&first);
    return arg;
}

int main(void)
{
    pthread_t threads[2];
    pthread_mutex_lock(&second);
    MUST(pthread_create(&threads[0], NULL, middle, NULL) == 0);
    while (!__atomic_load_n(&middle_tid, __ATOMIC_SEQ_CST))
        sched_yield();
    wait_until_in_call(middle_tid, SYS_futex);
    MUST(pthread_create(&threads[1], NULL, last, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150); /* asleep: however busy the machine is, all of it counts */
    pthread_mutex_unlock(&second);
    MUST(pthread_join(threads[0], NULL) == 0);
    MUST(pthread_join(threads[1], NULL) == 0);
    return 0;
}
