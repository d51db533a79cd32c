// flags: -pthread
/* A lock that is taken with a time-out is in no order: who waits for it gives up some day. */
#include "locks.h"

#include <threads.h>
#include <time.h>

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static mtx_t c11;

static struct timespec soon(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_sec += 60;
    return t;
}

static void *forwards(void *arg)
{
    pthread_mutex_lock(&locks[0]);
    pthread_mutex_lock(&locks[1]);
    pthread_rwlock_wrlock(&rwlock);
    mtx_lock(&c11);
    mtx_unlock(&c11);
    pthread_rwlock_unlock(&rwlock);
    pthread_mutex_unlock(&locks[1]);
    pthread_mutex_unlock(&locks[0]);
    return arg;
}

static void *backwards(void *arg)
{
    struct timespec real = soon(CLOCK_REALTIME), monotonic = soon(CLOCK_MONOTONIC);
    mtx_lock(&c11);
    MUST(pthread_rwlock_timedwrlock(&rwlock, &real) == 0);
    pthread_rwlock_unlock(&rwlock);
    MUST(pthread_rwlock_clockrdlock(&rwlock, CLOCK_MONOTONIC, &monotonic) == 0);
    pthread_rwlock_unlock(&rwlock);
    MUST(pthread_mutex_timedlock(&locks[1], &real) == 0);
    MUST(pthread_mutex_clocklock(&locks[0], CLOCK_MONOTONIC, &monotonic) == 0);
    pthread_mutex_unlock(&locks[0]);
    pthread_mutex_unlock(&locks[1]);
    mtx_unlock(&c11);
    pthread_rwlock_wrlock(&rwlock);
    MUST(pthread_mutex_timedlock(&locks[1], &real) == 0);
    pthread_mutex_unlock(&locks[1]);
    pthread_rwlock_unlock(&rwlock);
    return arg;
}

int main(void)
{
    init_locks();
    MUST(mtx_init(&c11, mtx_timed) == thrd_success);
    run_one(forwards, NULL);
    run_one(backwards, NULL);
    run_one(backwards, NULL);
    run_one(forwards, NULL);
    return 0;
}
