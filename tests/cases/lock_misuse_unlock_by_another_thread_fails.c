// findings: 1
// expect: ^{{at:unlock}}: error: csan\[lock-misuse\]: unlock of mutex [0x`][^` ,:]+`? by a thread that does not hold it
// expect: held by thread [0-9]+, which took it: at main .*:{{line:lock}}
#include "locks.h"

static void *unlock(void *arg)
{
    MUST(pthread_mutex_unlock(&locks[0]) == 0); /* unlock */
    return arg;
}

int main(void)
{
    init_locks();
    MUST(pthread_mutex_lock(&locks[0]) == 0); /* lock */
    run_one(unlock, NULL);
    MUST(pthread_mutex_lock(&locks[0]) == 0);
    MUST(pthread_mutex_unlock(&locks[0]) == 0);
    return 0;
}
