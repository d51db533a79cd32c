// expect: csan\[deadlock\]: a thread waits for mutex [0x`][^` ,:]+`?, which it holds itself
// findings: 1
#include "case.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;

static void *lock_twice(void *arg)
{
    MUST(pthread_mutex_lock(&a) == 0);
    MUST(pthread_mutex_lock(&a) == 0);
    return arg;
}

int main(void)
{
    pthread_t one;
    pthread_create(&one, NULL, lock_twice, NULL);
    pthread_join(one, NULL);
    return 0;
}
