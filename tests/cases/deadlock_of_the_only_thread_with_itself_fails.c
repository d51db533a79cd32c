// expect: csan\[deadlock\]: a thread waits for mutex [0x`][^` ,:]+`?, which it holds itself
#include "case.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
    MUST(pthread_mutex_lock(&a) == 0);
    MUST(pthread_mutex_lock(&a) == 0);
    return 0;
}
