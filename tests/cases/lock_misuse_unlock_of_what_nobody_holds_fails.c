// findings: 1
// expect: ^{{at:unlock}}: error: csan\[lock-misuse\]: unlock of mutex [0x`][^` ,:]+`? by a thread that does not hold it \(3 times\)
// expect: no thread holds it
#include "case.h"

static NOINLINE void unlock(pthread_mutex_t *m)
{
    MUST(pthread_mutex_unlock(m) == EPERM); /* unlock */
    keep(m);
}

int main(void)
{
    pthread_mutex_t m = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    for (volatile int i = 0; i < 3; i++)
        unlock(&m);
    return 0;
}
