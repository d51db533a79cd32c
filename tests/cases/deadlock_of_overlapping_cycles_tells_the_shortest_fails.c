// flags: -pthread
// findings: 1
// plain: no
// expect: error: csan\[deadlock\]: 2 threads wait for each other: (mutex `a`, rwlock `rows`|rwlock `rows`, mutex `a`)
// expect-not: mutex `b`
/* The writer has `a`. Of two readers one wants it; the other wants what one has that wants it. */
#include "case.h"

#include <csan.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rows = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t all_hold;

static NOINLINE void *read_and_want(void *lock)
{
    pthread_rwlock_rdlock(&rows);
    pthread_barrier_wait(&all_hold);
    MUST(pthread_mutex_lock(lock) == 0);
    return NULL;
}

static NOINLINE void *want_a_with_b(void *arg)
{
    pthread_mutex_lock(&b);
    pthread_barrier_wait(&all_hold);
    MUST(pthread_mutex_lock(&a) == 0);
    return arg;
}

int main(void)
{
    pthread_t threads[4];
    csan_name(&a, "a");
    csan_name(&b, "b");
    csan_name(&rows, "rows");
    MUST(pthread_barrier_init(&all_hold, NULL, 5) == 0);
    MUST(pthread_create(&threads[0], NULL, read_and_want, &b) == 0);
    MUST(pthread_create(&threads[1], NULL, read_and_want, &a) == 0);
    MUST(pthread_create(&threads[2], NULL, read_and_want, &b) == 0);
    MUST(pthread_create(&threads[3], NULL, want_a_with_b, NULL) == 0);
    pthread_mutex_lock(&a);
    pthread_barrier_wait(&all_hold);
    pthread_rwlock_wrlock(&rows);
    return 0;
}
