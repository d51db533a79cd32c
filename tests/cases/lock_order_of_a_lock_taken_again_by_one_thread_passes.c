/* Others take both, but never one inside the other. */
#include "locks.h"

static void *both_ways(void *arg)
{
    pthread_mutex_lock(&locks[0]);
    pthread_mutex_lock(&locks[1]);
    pthread_mutex_unlock(&locks[0]);
    pthread_mutex_lock(&locks[0]);
    pthread_mutex_unlock(&locks[0]);
    pthread_mutex_unlock(&locks[1]);
    return arg;
}

static void *one_at_a_time(void *arg)
{
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&locks[i]);
        pthread_mutex_unlock(&locks[i]);
    }
    return arg;
}

int main(void)
{
    init_locks();
    run_one(both_ways, NULL);
    run_one(one_at_a_time, NULL);
    return 0;
}
