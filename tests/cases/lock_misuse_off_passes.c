// env: CSAN_LOCK_MISUSE=off
#include "locks.h"

static pthread_mutex_t m = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

int main(void)
{
    MUST(pthread_mutex_unlock(&m) == EPERM);
    return 0;
}
