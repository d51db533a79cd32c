// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// env: CSAN_MAX_HOLD=50ms
// findings: 5
// expect: error: csan\[wait\]: waited [0-9.]+ m?s for mutex `row_cache\.lock` > max_wait=50ms$
// expect: error: csan\[hold\]: rwlock `rows` held to write for [0-9.]+ m?s > max_hold=50ms$
// expect: error: csan\[lock-order\]: mutex `B` and mutex `A` are taken in both orders
// expect: thread [0-9]+ takes `B` after `A`:
// expect: error: csan\[lock-misuse\]: destroy of mutex `row_cache\.lock`, which is held
/* All of them are destroyed by the end. */
#include "locks.h"
#include "waits.h"

#include <csan.h>

static pthread_rwlock_t rows = PTHREAD_RWLOCK_INITIALIZER;

struct cache {
    pthread_mutex_t lock;
};

static void *work(void *arg)
{
    struct cache *cache = arg;
    begin_to_wait();
    pthread_mutex_lock(&cache->lock);
    pthread_mutex_unlock(&cache->lock);
    return NULL;
}

static struct cache *make_cache(void)
{
    struct cache *cache = malloc(sizeof *cache);
    char name[] = "row_cache.lock";
    MUST(cache);
    csan_name(&cache->lock, name);
    MUST(pthread_mutex_init(&cache->lock, NULL) == 0);
    name[0] = 'R';
    return cache;
}

int main(void)
{
    pthread_t thread;
    struct cache *cache = make_cache();
    csan_name(&rows, "rows");
    csan_name(&locks[0], "A");
    csan_name(&locks[1], "B");
    pthread_mutex_lock(&cache->lock);
    MUST(pthread_create(&thread, NULL, work, cache) == 0);
    wait_until_it_waits();
    compute_ms(45);
    pthread_rwlock_wrlock(&rows);
    compute_ms(120);
    pthread_rwlock_unlock(&rows);
    pthread_mutex_unlock(&cache->lock);
    MUST(pthread_join(thread, NULL) == 0);
    take_pairs_by_threads("ABBA");
    pthread_mutex_lock(&cache->lock);
    MUST(pthread_mutex_destroy(&cache->lock) == EBUSY);
    pthread_mutex_unlock(&cache->lock);
    pthread_mutex_destroy(&cache->lock);
    pthread_rwlock_destroy(&rows);
    pthread_mutex_destroy(&locks[0]);
    pthread_mutex_destroy(&locks[1]);
    free(cache);
    return 0;
}
