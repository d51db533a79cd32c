// plain: no
#include "case.h"

#include <csan.h>

#define THREADS 4
#define BLOCKS 1000

static pthread_barrier_t all_have, all_done;

/* All blocks of all threads live at once in the middle. */
static void *run(void *arg)
{
    void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = keep(malloc(100));
    pthread_barrier_wait(&all_have);
    pthread_barrier_wait(&all_done);
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    return arg;
}

int main(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&all_have, NULL, THREADS + 1);
    pthread_barrier_init(&all_done, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        free(keep(malloc(1)));
    csan_mark_t mark = csan_mark();
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, run, NULL) == 0);
    pthread_barrier_wait(&all_have);
    struct csan_stats s = csan_stats(mark);
    MUST(s.allocations >= THREADS * BLOCKS && s.live_blocks >= THREADS * BLOCKS);
    MUST(s.peak_bytes >= THREADS * BLOCKS * 100 && s.peak_bytes < THREADS * BLOCKS * 100 + 10000);
    pthread_barrier_wait(&all_done);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    s = csan_stats(mark);
    MUST(s.frees >= THREADS * BLOCKS && s.live_blocks < BLOCKS); /* libc keeps stacks */
    MUST(s.peak_bytes >= THREADS * BLOCKS * 100);
    return 0;
}
