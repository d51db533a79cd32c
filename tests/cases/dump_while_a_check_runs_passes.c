// flags: -pthread
// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// expect: ^csan: end of the threads
// expect-not: not so
#include "dump.h"

#include <csan.h>

static int checks, is_done;

static void *check(void *arg)
{
    csan_mark_t begin = csan_mark();
    while (!__atomic_load_n(&is_done, __ATOMIC_SEQ_CST)) {
        MUST(csan_check(begin) == 0);
        __atomic_add_fetch(&checks, 1, __ATOMIC_SEQ_CST);
    }
    return arg;
}

int main(void)
{
    pthread_t thread;
    begin_dumps();
    MUST(pthread_create(&thread, NULL, check, NULL) == 0);
    for (int i = 0; i < 5; i++) {
        int before = __atomic_load_n(&checks, __ATOMIC_SEQ_CST);
        MUST(kill(getpid(), SIGUSR1) == 0);
        wait_for_dump();
        while (__atomic_load_n(&checks, __ATOMIC_SEQ_CST) == before)
            sched_yield();
    }
    is_done = 1;
    MUST(pthread_join(thread, NULL) == 0);
    end_dumps();
    return 0;
}
