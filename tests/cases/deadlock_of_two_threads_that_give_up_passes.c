// env: CSAN_MAX_WAIT=off
/* Each waits for what the other has, for a while: one gives up, and both go on. */
#include "case.h"
#include <time.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void *forwards(void *arg)
{
    MUST(pthread_mutex_lock(&a) == 0);
    pthread_barrier_wait(&both);
    MUST(pthread_mutex_lock(&b) == 0);
    pthread_mutex_unlock(&b);
    pthread_mutex_unlock(&a);
    return arg;
}

static void *backwards(void *arg)
{
    struct timespec until;
    MUST(pthread_mutex_lock(&b) == 0);
    pthread_barrier_wait(&both);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    MUST(pthread_mutex_timedlock(&a, &until) == ETIMEDOUT);
    pthread_mutex_unlock(&b);
    return arg;
}

int main(void)
{
    pthread_t one, other;
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&one, NULL, forwards, NULL);
    pthread_create(&other, NULL, backwards, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    return 0;
}
