// flags: -pthread
// expect-status: 142
// expect-not: csan\[deadlock\]
/* Each has taken what the other wants; who gives to a semaphore nobody can know. SIGALRM ends it. */
#include "case.h"

#include <semaphore.h>

static sem_t one, other;
static pthread_barrier_t both;

static void *want_one(void *arg)
{
    sem_wait(&other);
    pthread_barrier_wait(&both);
    sem_wait(&one);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(sem_init(&one, 0, 1) == 0 && sem_init(&other, 0, 1) == 0);
    MUST(pthread_barrier_init(&both, NULL, 2) == 0);
    MUST(pthread_create(&thread, NULL, want_one, NULL) == 0);
    sem_wait(&one);
    pthread_barrier_wait(&both);
    alarm(2);
    for (;;)
        sem_wait(&other);
}
