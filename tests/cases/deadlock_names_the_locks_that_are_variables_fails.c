// flags: -pthread
// expect: csan\[deadlock\]: 2 threads wait for each other: mutex (`cache\.index\.lock`|`gates\[3\]`), mutex (`cache\.index\.lock`|`gates\[3\]`)$
// expect: waits for mutex (`cache\.index\.lock`|`gates\[3\]`):
// expect-not: 0x
// findings: 1
// plain: no
#include "case.h"

static struct cache {
    long rows;
    struct index {
        long n;
        pthread_mutex_t lock;
    } index;
} cache = {.index = {.lock = PTHREAD_MUTEX_INITIALIZER}};
static pthread_mutex_t gates[4] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                                   PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t both;

static NOINLINE void take(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(second);
}

static void *work(void *arg)
{
    take(&gates[3], &cache.index.lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_barrier_init(&both, NULL, 2) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    take(&cache.index.lock, &gates[3]);
    return 0;
}
