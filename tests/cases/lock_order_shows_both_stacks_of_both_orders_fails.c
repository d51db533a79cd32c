// findings: 1
// expect: ^{{at:second}}: error: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
// expect: holding mutex [0x`][^` ,:]+`?, taken: at backwards .*:{{line:first}}
// expect: thread [0-9]+ takes [0x`][^` ,:]+`? after [0x`][^` ,:]+`?:
// expect: at forwards .*:{{line:inner}}
// expect: and held mutex [0x`][^` ,:]+`?, taken: at forwards .*:{{line:outer}}
// expect: CSAN_LOCK_ORDER=off, or a suppression line  lock-order:backwards
#include "locks.h"

static NOINLINE void *forwards(void *arg)
{
    MUST(pthread_mutex_lock(&locks[0]) == 0); /* outer */
    MUST(pthread_mutex_lock(&locks[1]) == 0); /* inner */
    pthread_mutex_unlock(&locks[1]);
    pthread_mutex_unlock(&locks[0]);
    return arg;
}

static NOINLINE void *backwards(void *arg)
{
    MUST(pthread_mutex_lock(&locks[1]) == 0); /* first */
    MUST(pthread_mutex_lock(&locks[0]) == 0); /* second */
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
