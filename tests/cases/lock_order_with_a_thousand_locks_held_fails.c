// findings: 1
// expect: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
#include "locks.h"

#define HELD 1024
static pthread_mutex_t many[HELD];

static void *take_all(void *arg)
{
    for (int i = 0; i < HELD; i++)
        MUST(pthread_mutex_lock(&many[i]) == 0);
    for (int i = HELD; i-- > 0;)
        MUST(pthread_mutex_unlock(&many[i]) == 0);
    return arg;
}

static void *take_last_and_first(void *arg)
{
    MUST(pthread_mutex_lock(&many[HELD - 1]) == 0);
    MUST(pthread_mutex_lock(&many[0]) == 0);
    MUST(pthread_mutex_unlock(&many[0]) == 0);
    MUST(pthread_mutex_unlock(&many[HELD - 1]) == 0);
    return arg;
}

int main(void)
{
    for (int i = 0; i < HELD; i++)
        MUST(pthread_mutex_init(&many[i], NULL) == 0);
    run_one(take_all, NULL);
    run_one(take_last_and_first, NULL);
    return 0;
}
