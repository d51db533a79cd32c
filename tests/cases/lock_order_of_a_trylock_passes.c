#include "locks.h"

static void *try_backwards(void *arg)
{
    MUST(pthread_mutex_lock(&locks[1]) == 0);
    MUST(pthread_mutex_trylock(&locks[0]) == 0);
    pthread_mutex_unlock(&locks[0]);
    pthread_mutex_unlock(&locks[1]);
    return arg;
}

int main(void)
{
    init_locks();
    run_one(take_pairs, &(struct pairs){"AB", 1});
    run_one(try_backwards, NULL);
    return 0;
}
