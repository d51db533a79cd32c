#include "locks.h"

int main(void)
{
    init_locks();
    MUST(pthread_mutex_lock(&locks[0]) == 0);
    MUST(pthread_mutex_unlock(&locks[0]) == 0);
    MUST(pthread_mutex_destroy(&locks[0]) == 0);
    return 0;
}
