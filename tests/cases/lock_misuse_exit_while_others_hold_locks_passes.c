// flags: -pthread
// env: CSAN_MAX_THREADS=off
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t held;

static void *hold(void *arg)
{
    pthread_mutex_lock(&other);
    pthread_rwlock_rdlock(&rwlock);
    pthread_barrier_wait(&held);
    for (;;)
        pause();
    return arg;
}

int main(void)
{
    pthread_t id;
    pthread_barrier_init(&held, NULL, 2);
    MUST(pthread_create(&id, NULL, hold, NULL) == 0);
    pthread_mutex_lock(&lock);
    pthread_rwlock_rdlock(&rwlock);
    pthread_barrier_wait(&held);
    pthread_rwlock_unlock(&rwlock);
    pthread_mutex_unlock(&lock);
    exit(0);
}
