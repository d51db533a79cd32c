/* Eight threads store through shares of one page at once: nothing is lost, each thread is told of. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 1
// expect: ^{{at:stored}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share \([0-9,]+ times\)
// stdout: ^16000$
#include "cached.h"

#define THREADS 8
#define TIMES 2000

static char *p;
static pthread_barrier_t begin;

static void *work(void *arg)
{
    pthread_barrier_wait(&begin);
    for (int i = 0; i < TIMES; i++) {
        uint32_t *row = (uint32_t *)(uintptr_t)csan_share(p);
        __atomic_fetch_add(row, 1, __ATOMIC_RELAXED); /* stored */
        csan_release(row);
    }
    return arg;
}

int main(void)
{
    pthread_t threads[THREADS];
    rows = csan_cache("rows", 0, 0);
    p = load(64);
    MUST(pthread_barrier_init(&begin, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    printf("%u\n", *(uint32_t *)(void *)p);
    drop(p);
    p = NULL;
    return 0;
}
