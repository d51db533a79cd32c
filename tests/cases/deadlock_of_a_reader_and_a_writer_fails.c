// findings: 1
// expect: csan\[deadlock\]: 2 threads wait for each other:
// expect: rwlock [0x`][^` ,:]+`?
#include "case.h"

static pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void *reads(void *arg)
{
    MUST(pthread_rwlock_rdlock(&l) == 0);
    pthread_barrier_wait(&both);
    MUST(pthread_mutex_lock(&a) == 0);
    return arg;
}

static void *writes(void *arg)
{
    MUST(pthread_mutex_lock(&a) == 0);
    pthread_barrier_wait(&both);
    MUST(pthread_rwlock_wrlock(&l) == 0);
    return arg;
}

int main(void)
{
    pthread_t one, other;
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&one, NULL, reads, NULL);
    pthread_create(&other, NULL, writes, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    return 0;
}
