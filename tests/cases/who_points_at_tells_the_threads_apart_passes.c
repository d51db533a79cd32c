// plain: no
// flags: -Iinclude -g -pthread
// stdout: ^one: 1$
// stdout: ^0x[0-9a-f]+ is in thread-local mine of thread [0-9]+ \(.*:{{line:mine}}\)$
// stdout: ^0x[0-9a-f]+ is in the stack of thread [0-9]+$
/* Four threads stand in a barrier, each with a block in a thread-local and in a variable of a
 * function that has not returned. */
#include "case.h"
#include <csan.h>

enum { THREADS = 4 };

static __thread void *volatile mine; /* mine */
static pthread_barrier_t filled, seen;
static uintptr_t masked[THREADS];

static NOINLINE void stand(void **local)
{
    pthread_barrier_wait(&filled);
    pthread_barrier_wait(&seen);
    keep(local);
}

static void *run(void *arg)
{
    void *local = malloc(32);
    mine = local;
    masked[(uintptr_t)arg] = ~(uintptr_t)local;
    stand(&local);
    free(local);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    MUST(pthread_barrier_init(&filled, NULL, THREADS + 1) == 0);
    MUST(pthread_barrier_init(&seen, NULL, THREADS + 1) == 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, run, (void *)i) == 0);
    pthread_barrier_wait(&filled);
    for (int i = 0; i < THREADS; i++)
        printf("one: %d\n", csan_who_points_at((void *)~masked[i], 32, 1) > 1);
    fflush(stdout);
    pthread_barrier_wait(&seen);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
