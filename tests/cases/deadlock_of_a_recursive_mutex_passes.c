#include "case.h"

static pthread_mutex_t a = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void *lock_twice(void *arg)
{
    for (int i = 0; i < 3; i++)
        MUST(pthread_mutex_lock(&a) == 0);
    for (int i = 0; i < 3; i++)
        MUST(pthread_mutex_unlock(&a) == 0);
    return arg;
}

int main(void)
{
    pthread_t one;
    pthread_create(&one, NULL, lock_twice, NULL);
    lock_twice(NULL);
    pthread_join(one, NULL);
    return 0;
}
