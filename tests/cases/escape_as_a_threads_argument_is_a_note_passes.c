/* A thread was started with the row's address; nobody but libc's account of the thread has it. */
// flags: -pthread
// env: CSAN_VERBOSITY=1
// env: CSAN_MAX_THREADS=1
// expect: note: csan\[escape\]: [0-9]+ pointers? into a buffer of cache "rows" that was evicted
// expect: ^csan: PASS
// expect-not: error:
#include "escaping.h"

static pthread_barrier_t started, judged;
static pthread_t worker;

static void *work(void *arg)
{
    arg = NULL;
    pthread_barrier_wait(&started);
    pthread_barrier_wait(&judged);
    return keep(arg);
}

static NOINLINE void remember(const char *row)
{
    MUST(pthread_create(&worker, NULL, work, KEPT(row)) == 0);
    pthread_barrier_wait(&started);
}

int main(void)
{
    pthread_barrier_init(&started, NULL, 2);
    pthread_barrier_init(&judged, NULL, 2);
    serve();
    wipe_stack();
    csan_check(0);
    pthread_barrier_wait(&judged);
    MUST(pthread_join(worker, NULL) == 0);
    return 0;
}
