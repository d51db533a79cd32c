/* cross BLOCKS: one thread allocates, twelve frames deep, another frees: a queue of 1,000 blocks
 * between them. Tells ns of processor time of both threads a block. */
#include "bench.h"

#include <sched.h>

enum { ROOM = 1024 };

static void *queue[ROOM];
static unsigned long put, taken; /* ever; each written by one thread */
static long blocks;

static void wait_for(const unsigned long *count, unsigned long at_least)
{
    while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < at_least)
        sched_yield();
}

static NOINLINE void make_all(void)
{
    uint32_t random = 1;
    for (unsigned long i = 0; i < (unsigned long)blocks; i++) {
        if (i >= ROOM)
            wait_for(&taken, i - ROOM + 1);
        queue[i % ROOM] = seen(malloc(16 + next_random(&random) % 240));
        __atomic_store_n(&put, i + 1, __ATOMIC_RELEASE);
    }
}

static NOINLINE void down(long n)
{
    if (n > 0)
        down(n - 1);
    else
        make_all();
    seen(&n);
}

static void *maker(void *arg)
{
    uint64_t begin = thread_ns();
    down(8);
    *(double *)arg = (double)(thread_ns() - begin);
    return NULL;
}

int main(int argc, char **argv)
{
    double making = 0;
    pthread_t thread;
    blocks = number(argc, argv, 1, 300000);
    if (pthread_create(&thread, NULL, maker, &making) != 0)
        return 2;
    uint64_t begin = thread_ns();
    for (unsigned long i = 0; i < (unsigned long)blocks; i++) {
        wait_for(&put, i + 1);
        free(queue[i % ROOM]);
        __atomic_store_n(&taken, i + 1, __ATOMIC_RELEASE);
    }
    double freeing = (double)(thread_ns() - begin);
    pthread_join(thread, NULL);
    tell("cross_ns", (making + freeing) / (double)blocks);
    return 0;
}
