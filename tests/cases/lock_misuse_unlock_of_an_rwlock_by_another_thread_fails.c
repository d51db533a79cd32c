// findings: 1
// expect: csan\[lock-misuse\]: unlock of rwlock [0x`][^` ,:]+`? by a thread that does not hold it
// expect: held by thread [0-9]+, which took it: at main .*:{{line:lock}}
#include "locks.h"

static pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;

static void *unlock(void *arg)
{
    MUST(pthread_rwlock_unlock(&l) == 0);
    return arg;
}

int main(void)
{
    MUST(pthread_rwlock_wrlock(&l) == 0); /* lock */
    run_one(unlock, NULL);
    return 0;
}
