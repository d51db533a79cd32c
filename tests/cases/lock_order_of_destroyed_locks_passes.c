#include "locks.h"

int main(void)
{
    init_locks();
    run_one(take_pairs, &(struct pairs){"AB", 1});
    MUST(pthread_mutex_destroy(&locks[0]) == 0);
    MUST(pthread_mutex_init(&locks[0], NULL) == 0);
    run_one(take_pairs, &(struct pairs){"BA", 1});
    return 0;
}
