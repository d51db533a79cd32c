/* A and B and C never are in one circle: A is given back before C is taken. */
#include "locks.h"

static void *hand_over_hand(void *arg)
{
    for (int i = 0; i < 10; i++) {
        pthread_mutex_lock(&locks[0]);
        pthread_mutex_lock(&locks[1]);
        pthread_mutex_unlock(&locks[0]);
        pthread_mutex_lock(&locks[2]);
        pthread_mutex_unlock(&locks[2]);
        pthread_mutex_unlock(&locks[1]);
    }
    return arg;
}

int main(void)
{
    init_locks();
    run_one(hand_over_hand, NULL);
    run_one(take_pairs, &(struct pairs){"CACACA", 3});
    return 0;
}
