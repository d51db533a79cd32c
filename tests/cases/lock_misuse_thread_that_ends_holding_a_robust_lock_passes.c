#include "locks.h"

static void *end_holding(void *arg)
{
    MUST(pthread_mutex_lock(&locks[0]) == 0);
    return arg;
}

int main(void)
{
    pthread_mutexattr_t robust;
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    MUST(pthread_mutex_init(&locks[0], &robust) == 0);
    run_one(end_holding, NULL);
    MUST(pthread_mutex_lock(&locks[0]) == EOWNERDEAD);
    MUST(pthread_mutex_consistent(&locks[0]) == 0);
    MUST(pthread_mutex_unlock(&locks[0]) == 0);
    return 0;
}
