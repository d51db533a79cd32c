/* Locks taken and given back: ns of wall time a pair, uncontended and fought over.
 * Arguments: pairs in millions, threads of the fight. */
#include "bench.h"

#include <threads.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t fought = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static long pairs, share, turn;
static volatile long shared_sum;

static void *do_nothing(void *unused)
{
    return unused;
}

#define MEASURE(name, body)                                                                        \
    do {                                                                                           \
        double best = 1e9;                                                                         \
        for (int round = 0; round < 5; round++) {                                                  \
            uint64_t from = thread_ns();                                                           \
            for (long i = 0; i < pairs; i++) {                                                     \
                body;                                                                              \
            }                                                                                      \
            double ns = (double)(thread_ns() - from) / (double)pairs;                              \
            best = ns < best ? ns : best;                                                          \
        }                                                                                          \
        tell(name, best);                                                                          \
    } while (0)

static NOINLINE void take_uncontended(void)
{
    MEASURE("mutex_ns", pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex));
    MEASURE("rdlock_ns", pthread_rwlock_rdlock(&rwlock); pthread_rwlock_unlock(&rwlock));
    MEASURE("wrlock_ns", pthread_rwlock_wrlock(&rwlock); pthread_rwlock_unlock(&rwlock));
    pthread_mutex_lock(&outer);
    MEASURE("nested_ns", pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex));
    pthread_mutex_unlock(&outer);
    MEASURE("malloc_ns", free(seen(malloc(100))));
}

static void *fight(void *unused)
{
    pthread_barrier_wait(&start);
    for (long i = 0; i < share; i++) {
        pthread_mutex_lock(&fought);
        shared_sum += i;
        pthread_mutex_unlock(&fought);
    }
    return unused;
}

static void *play(void *arg)
{
    long mine = (long)arg;
    for (long i = 0; i < share; i++) {
        pthread_mutex_lock(&table);
        while (turn != mine)
            pthread_cond_wait(&turned, &table);
        turn = !mine;
        pthread_cond_signal(&turned);
        pthread_mutex_unlock(&table);
    }
    return NULL;
}

static void run(const char *name, void *(*body)(void *), long threads, long rounds)
{
    pthread_t id[64];
    share = rounds / threads;
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    uint64_t from = now_ns();
    for (long i = 0; i < threads; i++)
        pthread_create(&id[i], NULL, body, (void *)i);
    for (long i = 0; i < threads; i++)
        pthread_join(id[i], NULL);
    tell(name, (double)(now_ns() - from) / (double)rounds);
    pthread_barrier_destroy(&start);
}

int main(int argc, char **argv)
{
    pthread_t id;
    pairs = number(argc, argv, 1, 5) * 1000000;
    long threads = number(argc, argv, 2, 4);
    pthread_create(&id, NULL, do_nothing, NULL); /* libc forgets then that there was one */
    pthread_join(id, NULL);
    take_uncontended();
    run("fought_ns", fight, threads, pairs / 2);
    run("ping_pong_ns", play, 2, pairs / 50);
    return 0;
}
