// flags: -pthread
#include "case.h"

#include <time.h>

/* libc still has its memory, and says so; csan says nothing else. */
static void *work(void *arg)
{
    return arg;
}

int main(void)
{
    pthread_t thread;
    struct timespec soon = {0, 0};
    int value, started = 8;
    void *result = NULL;
    for (int i = 0; i < started; i++) {
        MUST(pthread_create(&thread, NULL, work, &value) == 0);
        MUST(pthread_join(thread, &result) == 0 && result == &value);
        MUST(pthread_join(thread, &result) == ESRCH);
        MUST(pthread_tryjoin_np(thread, &result) == EBUSY);
        MUST(pthread_timedjoin_np(thread, &result, &soon) == ESRCH);
        MUST(pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &soon) == ESRCH);
        MUST(pthread_detach(thread) == ESRCH);
    }
    MUST(pthread_join(pthread_self(), NULL) == EDEADLK);
    return 0;
}
