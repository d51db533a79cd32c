// expect-status: 0
// stdout: ^1 of 4$
// run: for i in 1 2 3 4; do $PROG $((i % 2 + 1)) 2>$DIR/$i; done; cd $DIR; echo $(grep -ho "accept: .*" ? | sort -u | wc -l) of $(grep -l accept: ? | wc -l)
/* The same cycle, closed by the one or by the other, is the same finding. */
#include "case.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;
static int last;
static pid_t tids[3];

static void meet(int me)
{
    __atomic_store_n(&tids[me], my_tid(), __ATOMIC_RELEASE);
    pthread_barrier_wait(&both);
    if (me == last)
        wait_until_in_call(tids[3 - me], SYS_futex);
}

static NOINLINE void *forwards(void *arg)
{
    MUST(pthread_mutex_lock(&a) == 0);
    meet(1);
    MUST(pthread_mutex_lock(&b) == 0);
    return arg;
}

static NOINLINE void *backwards(void *arg)
{
    MUST(pthread_mutex_lock(&b) == 0);
    meet(2);
    MUST(pthread_mutex_lock(&a) == 0);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t one, other;
    last = argc > 1 ? atoi(argv[1]) : 1;
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&one, NULL, forwards, NULL);
    pthread_create(&other, NULL, backwards, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    return 0;
}
