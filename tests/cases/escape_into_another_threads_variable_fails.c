/* The row is served by a worker, whose thread-local remembers it while it waits for more. */
// flags: -pthread
// env: CSAN_MAX_THREADS=1
// findings: 1
// expect: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in thread-local mine
#include "escaping.h"

static __thread char *volatile mine;
static pthread_barrier_t served, judged;

static NOINLINE void remember(const char *row)
{
    mine = KEPT(row);
}

static void *work(void *arg)
{
    serve();
    wipe_stack();
    pthread_barrier_wait(&served);
    pthread_barrier_wait(&judged);
    return arg;
}

int main(void)
{
    pthread_t worker;
    pthread_barrier_init(&served, NULL, 2);
    pthread_barrier_init(&judged, NULL, 2);
    MUST(pthread_create(&worker, NULL, work, NULL) == 0);
    pthread_barrier_wait(&served);
    csan_check(0);
    pthread_barrier_wait(&judged);
    MUST(pthread_join(worker, NULL) == 0);
    return 0;
}
