// findings: 1
// expect: csan\[deadlock\]: 2 threads wait for each other: rwlock [0x`][^` ,:]+`?, rwlock [0x`][^` ,:]+`?
// expect: is first in the queue for rwlock [0x`][^` ,:]+`?
// expect: try: +do not take a read lock again that the thread holds
#include "case.h"

static pthread_rwlock_t l = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static int writer;

static void *writes(void *arg)
{
    __atomic_store_n(&writer, my_tid(), __ATOMIC_RELEASE);
    MUST(pthread_rwlock_wrlock(&l) == 0);
    return arg;
}

int main(void)
{
    pthread_t one;
    MUST(pthread_rwlock_rdlock(&l) == 0);
    pthread_create(&one, NULL, writes, NULL);
    while (!__atomic_load_n(&writer, __ATOMIC_ACQUIRE))
        sched_yield();
    wait_until_in_call(writer, SYS_futex);
    MUST(pthread_rwlock_rdlock(&l) == 0);
    pthread_join(one, NULL);
    return 0;
}
