// findings: 1
// expect: csan\[lock-misuse\]: unlock of mutex [0x`][^` ,:]+`? by a thread that does not hold it
#include "case.h"

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_t m = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
        pthread_mutex_unlock(&m);
        exit(0);
    }
    wait_for_status(child, 86);
    return 0;
}
