// findings: 1
// expect: ^{{at:destroy}}: error: csan\[lock-misuse\]: destroy of mutex [0x`][^` ,:]+`?, which is held
// expect: held by this thread, which took it: at main .*:{{line:lock}}
#include "locks.h"

int main(void)
{
    init_locks();
    MUST(pthread_mutex_lock(&locks[0]) == 0);        /* lock */
    MUST(pthread_mutex_destroy(&locks[0]) == EBUSY); /* destroy */
    MUST(pthread_mutex_unlock(&locks[0]) == 0);
    return 0;
}
