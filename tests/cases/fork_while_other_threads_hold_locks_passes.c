// flags: -pthread
#include "waits.h"

/* They hold two mutexes and a rwlock most of the time. */
static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER, inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t of_the_child = PTHREAD_MUTEX_INITIALIZER;
static int over;

static void *work(void *arg)
{
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        MUST(pthread_mutex_lock(&outer) == 0);
        MUST(pthread_mutex_lock(&inner) == 0);
        MUST(pthread_mutex_unlock(&inner) == 0);
        MUST(pthread_rwlock_rdlock(&rwlock) == 0);
        free(keep(malloc(100)));
        MUST(pthread_rwlock_unlock(&rwlock) == 0);
        MUST(pthread_mutex_unlock(&outer) == 0);
    }
    return arg;
}

static void *take_its_own(void *arg)
{
    MUST(pthread_mutex_lock(&of_the_child) == 0);
    MUST(pthread_mutex_unlock(&of_the_child) == 0);
    return arg;
}

/* What its parent's threads hold it does not touch. */
static void be_a_child(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, take_its_own, NULL) == 0);
    take_its_own(NULL);
    MUST(pthread_join(thread, NULL) == 0);
    exit(0);
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        MUST(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < 30; i++) {
        pid_t child = fork();
        MUST(child >= 0);
        if (child == 0)
            be_a_child();
        wait_for_status(child, 0);
    }
    __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 3; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
