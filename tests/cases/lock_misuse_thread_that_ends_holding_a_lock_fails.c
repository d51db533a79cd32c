// findings: 1
// expect: ^{{at:taken}}: error: csan\[lock-misuse\]: mutex [0x`][^` ,:]+`? taken here is still held when its thread ends
#include "locks.h"

static void *end_holding(void *arg)
{
    MUST(pthread_mutex_lock(&locks[0]) == 0); /* taken */
    return arg;
}

int main(void)
{
    init_locks();
    run_one(end_holding, NULL);
    return 0;
}
