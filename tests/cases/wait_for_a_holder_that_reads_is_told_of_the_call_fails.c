// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[wait\]: has waited [0-9]+ ms for (a rwlock|rwlock `[^`]+`), to write > max_wait=50ms$
// expect: held by thread [0-9]+, which took it: at hold tests/cases/.*:{{line:take}}$
// expect: [0-9]+ ms of it while the holder itself was in read:
// expect: at hold tests/cases/.*:{{line:read}}$
// expect: try: make that call before the lock is taken, or after it is given back
// findings: 1
#include "waits.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int ends[2];
static pid_t holder_tid;

static void *hold(void *arg)
{
    char byte;
    pthread_rwlock_rdlock(&lock); /* take */
    __atomic_store_n(&holder_tid, my_tid(), __ATOMIC_SEQ_CST);
    MUST(read(ends[0], &byte, 1) == 1); /* read */
    pthread_rwlock_unlock(&lock);
    return arg;
}

static void *work(void *arg)
{
    begin_to_wait();
    pthread_rwlock_wrlock(&lock); /* wait */
    pthread_rwlock_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pipe(ends) == 0);
    MUST(pthread_create(&thread, NULL, hold, NULL) == 0);
    while (!__atomic_load_n(&holder_tid, __ATOMIC_SEQ_CST))
        sched_yield();
    wait_until_in_call(holder_tid, SYS_read);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    return 0;
}
