/* cross BLOCKS: one thread allocates, twelve frames deep, what another frees: 1,000 at a time, each
 * while the other is at the thousand before. Tells ns of processor time of both threads a block,
 * their waiting not among it. */
#include "bench.h"

enum { BATCH = 1000 };

static void *batch[2][BATCH];
static long batches;
static pthread_barrier_t turn;

static NOINLINE void make(void **blocks, uint32_t *random)
{
    for (int i = 0; i < BATCH; i++)
        blocks[i] = seen(malloc(16 + next_random(random) % 240));
}

static NOINLINE void down(long n, void **blocks, uint32_t *random)
{
    if (n > 0)
        down(n - 1, blocks, random);
    else
        make(blocks, random);
    seen(&n);
}

static void *maker(void *arg)
{
    uint32_t random = 1;
    uint64_t ns = 0;
    for (long i = 0; i < batches; i++) {
        uint64_t begin = thread_ns();
        down(8, batch[i % 2], &random);
        ns += thread_ns() - begin;
        pthread_barrier_wait(&turn);
    }
    *(uint64_t *)arg = ns;
    return NULL;
}

int main(int argc, char **argv)
{
    uint64_t making = 0, freeing = 0;
    pthread_t thread;
    batches = number(argc, argv, 1, 300000) / BATCH;
    if (batches < 1 || pthread_barrier_init(&turn, NULL, 2) != 0 ||
        pthread_create(&thread, NULL, maker, &making) != 0)
        return 2;
    for (long i = 0; i < batches; i++) {
        pthread_barrier_wait(&turn);
        uint64_t begin = thread_ns();
        for (int k = 0; k < BATCH; k++)
            free(batch[i % 2][k]);
        freeing += thread_ns() - begin;
    }
    pthread_join(thread, NULL);
    tell("cross_ns", (double)(making + freeing) / (double)(batches * BATCH));
    return 0;
}
