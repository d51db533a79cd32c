// flags: -pthread
#include "waits.h"

/* The handler comes anywhere, in the midst of locking too. Its locks are its own. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t of_handlers = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock_of_handlers = PTHREAD_RWLOCK_INITIALIZER;
static sem_t handled;
static int over;

static void handle(int sig)
{
    int before = errno;
    MUST(sig == SIGUSR1);
    MUST(pthread_mutex_lock(&of_handlers) == 0);
    MUST(pthread_mutex_trylock(&of_handlers) == EBUSY);
    MUST(pthread_mutex_unlock(&of_handlers) == 0);
    MUST(pthread_rwlock_rdlock(&rwlock_of_handlers) == 0);
    MUST(pthread_rwlock_unlock(&rwlock_of_handlers) == 0);
    MUST(sem_post(&handled) == 0);
    errno = before;
}

static void *work(void *arg)
{
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        MUST(pthread_mutex_lock(&mutex) == 0);
        MUST(pthread_mutex_unlock(&mutex) == 0);
    }
    return arg;
}

int main(void)
{
    pthread_t threads[2];
    struct sigaction act = {.sa_handler = handle, .sa_flags = SA_RESTART};
    MUST(sem_init(&handled, 0, 0) == 0);
    MUST(sigaction(SIGUSR1, &act, NULL) == 0);
    for (int i = 0; i < 2; i++)
        MUST(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < 5000; i++) {
        MUST(pthread_kill(threads[i % 2], SIGUSR1) == 0);
        MUST(sem_wait(&handled) == 0);
    }
    __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 2; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
