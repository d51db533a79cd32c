// flags: -pthread
// findings: 1
// expect: ^{{at:second}}: error: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
/* Who holds a lock that it got with a time-out may wait for ever for the next. */
#include "locks.h"

#include <time.h>

static void *forwards(void *arg)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    MUST(pthread_mutex_timedlock(&locks[0], &until) == 0);
    pthread_mutex_lock(&locks[1]);
    pthread_mutex_unlock(&locks[1]);
    pthread_mutex_unlock(&locks[0]);
    return arg;
}

static void *backwards(void *arg)
{
    pthread_mutex_lock(&locks[1]);
    pthread_mutex_lock(&locks[0]); /* second */
    pthread_mutex_unlock(&locks[0]);
    pthread_mutex_unlock(&locks[1]);
    return arg;
}

int main(void)
{
    init_locks();
    run_one(forwards, NULL);
    run_one(backwards, NULL);
    return 0;
}
