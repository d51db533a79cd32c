// findings: 1
// expect: csan\[lock-order\]: rwlock [0x`][^` ,:]+`? and rwlock [0x`][^` ,:]+`? are taken in both orders
#include "locks.h"

static pthread_rwlock_t x = PTHREAD_RWLOCK_INITIALIZER, y = PTHREAD_RWLOCK_INITIALIZER;

static void *forwards(void *arg)
{
    MUST(pthread_rwlock_wrlock(&x) == 0);
    MUST(pthread_rwlock_wrlock(&y) == 0);
    pthread_rwlock_unlock(&y);
    pthread_rwlock_unlock(&x);
    return arg;
}

static void *backwards(void *arg)
{
    MUST(pthread_rwlock_wrlock(&y) == 0);
    MUST(pthread_rwlock_wrlock(&x) == 0);
    pthread_rwlock_unlock(&x);
    pthread_rwlock_unlock(&y);
    return arg;
}

int main(void)
{
    run_one(forwards, NULL);
    run_one(backwards, NULL);
    return 0;
}
