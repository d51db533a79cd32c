/* For run.sh's section on gdb: blocks live, large and freed; a thread that holds a lock and waits
 * for another one. It stops in `here`. */
#include <csan.h>

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t there;
static char *volatile kept, *volatile large, *volatile gone;

__attribute__((noinline)) static char *row_new(size_t n)
{
    return malloc(n);
}

static inline __attribute__((always_inline)) char *table_new(size_t n)
{
    char *p = row_new(n);
    p[0] = 1;
    return p;
}

__attribute__((noinline)) static void row_free(char *p)
{
    free(p);
    __asm__ volatile("");
}

__attribute__((noinline)) static void *work(void *arg)
{
    pthread_mutex_lock(&second);
    pthread_barrier_wait(&there);
    pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    pthread_mutex_unlock(&second);
    return arg;
}

__attribute__((noinline)) static void here(void)
{
    __asm__ volatile("");
}

/* glibc: 2 says that somebody sleeps for it. */
static void wait_for_waiter(void)
{
    while (__atomic_load_n(&first.__data.__lock, __ATOMIC_RELAXED) != 2)
        usleep(1000);
}

int main(void)
{
    pthread_t worker;
    kept = table_new(100);
    large = row_new(1 << 20);
    gone = row_new(72);
    row_free(gone);
    csan_name(&second, "the second");
    pthread_barrier_init(&there, NULL, 2);
    pthread_mutex_lock(&first);
    pthread_create(&worker, NULL, work, NULL);
    pthread_barrier_wait(&there);
    wait_for_waiter();
    here();
    pthread_mutex_unlock(&first);
    pthread_join(worker, NULL);
    free(kept);
    free(large);
    kept = row_new(7);
    kept = NULL;
    return 0;
}
