// findings: 1
// expect: ^{{at:second}}: error: csan\[lock-misuse\]: second lock of mutex [0x`][^` ,:]+`? by the thread that holds it
// expect: first taken: at main .*:{{line:first}}
#include "locks.h"

static pthread_mutex_t m = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

int main(void)
{
    MUST(pthread_mutex_lock(&m) == 0);       /* first */
    MUST(pthread_mutex_lock(&m) == EDEADLK); /* second */
    MUST(pthread_mutex_unlock(&m) == 0);
    return 0;
}
