// findings: 1
// expect: ^tests/cases/deadlock_of_two_threads_fails\.c:({{line:forwards waits}}|{{line:backwards waits}}):[0-9]+: error: csan\[deadlock\]: 2 threads wait for each other: mutex [0x`][^` ,:]+`?, mutex [0x`][^` ,:]+`?
// expect: thread [0-9]+, here, took mutex [0x`][^` ,:]+`?:
// expect: thread [0-9]+ took mutex [0x`][^` ,:]+`?:
// expect: thread [0-9]+ waits for mutex [0x`][^` ,:]+`?:
// expect: at (forwards|backwards) .*:{{line:forwards took}}
// expect: at (forwards|backwards) .*:{{line:backwards took}}
// expect: CSAN_DEADLOCK=off, or a suppression line  deadlock:(forwards|backwards)
// expect: try: +take these locks in one order everywhere
// expect: ^csan: FAIL: 1 finding \(1 deadlock\) in
// stdout: ^said before$
// stdout-not: ^done$
#include "case.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static NOINLINE void *forwards(void *arg)
{
    MUST(pthread_mutex_lock(&a) == 0); /* forwards took */
    pthread_barrier_wait(&both);
    MUST(pthread_mutex_lock(&b) == 0); /* forwards waits */
    return arg;
}

static NOINLINE void *backwards(void *arg)
{
    MUST(pthread_mutex_lock(&b) == 0); /* backwards took */
    pthread_barrier_wait(&both);
    MUST(pthread_mutex_lock(&a) == 0); /* backwards waits */
    return arg;
}

int main(void)
{
    pthread_t one, other;
    puts("said before"); /* into a buffer, when it is no terminal */
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&one, NULL, forwards, NULL);
    pthread_create(&other, NULL, backwards, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    puts("done");
    return 0;
}
