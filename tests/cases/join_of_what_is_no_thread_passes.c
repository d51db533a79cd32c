// flags: -pthread
#include "case.h"

#include <time.h>

/* What libc answers is what the program gets. Of an id that never was libc itself reads the memory
 * that it points to: the bytes here say that the thread has ended and is gone. Ids of memory that
 * is not there end a program in libc, with csan or without. */
static char never_was[8192];

static void *nothing(void *arg)
{
    return arg;
}

static void *join_itself(void *arg)
{
    MUST(pthread_join(pthread_self(), NULL) == EDEADLK);
    return arg;
}

static pthread_barrier_t end;

static void *wait_for_the_end(void *arg)
{
    pthread_barrier_wait(&end);
    return arg;
}

int main(void)
{
    pthread_t thread, odd = (pthread_t)(uintptr_t)(never_was + 1024);
    struct timespec past = {0, 0};
    void *result = &odd;
    memset(never_was, 0xff, sizeof never_was);
    MUST(pthread_join(odd, &result) == ESRCH);
    MUST(pthread_timedjoin_np(odd, &result, &past) == ESRCH);
    MUST(pthread_clockjoin_np(odd, &result, CLOCK_MONOTONIC, &past) == ESRCH);
    MUST(pthread_detach(odd) == ESRCH);
    MUST(result == &odd);
    MUST(pthread_kill(pthread_self(), 9999) == EINVAL);
    MUST(pthread_kill(pthread_self(), 0) == 0);
    MUST(pthread_create(&thread, NULL, join_itself, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    MUST(pthread_barrier_init(&end, NULL, 2) == 0);
    MUST(pthread_create(&thread, NULL, wait_for_the_end, NULL) == 0);
    MUST(pthread_kill(thread, 9999) == EINVAL);
    MUST(pthread_tryjoin_np(thread, NULL) == EBUSY);
    MUST(pthread_timedjoin_np(thread, NULL, &past) == ETIMEDOUT);
    MUST(pthread_clockjoin_np(thread, NULL, 4711, &past) == EINVAL);
    pthread_barrier_wait(&end);
    MUST(pthread_join(thread, &result) == 0 && result == NULL);
    MUST(pthread_create(&thread, NULL, nothing, NULL) == 0);
    MUST(pthread_detach(thread) == 0);
    return 0;
}
