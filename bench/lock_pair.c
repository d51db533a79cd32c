/* lock_pair MILLIONS: ns of processor time a pair of lock and unlock that nobody else wants, in a
 * program that has had a second thread. */
#include "bench.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long pairs;

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
}

int main(int argc, char **argv)
{
    pthread_t id;
    pairs = number(argc, argv, 1, 5) * 1000000;
    pthread_create(&id, NULL, do_nothing, NULL); /* libc forgets then that there was one */
    pthread_join(id, NULL);
    take_uncontended();
    return 0;
}
