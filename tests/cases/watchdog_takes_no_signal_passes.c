// flags: -pthread
#include "case.h"

#include <semaphore.h>

static sem_t go_on;

static void *work(void *arg)
{
    sem_wait(&go_on);
    return arg;
}

int main(void)
{
    pthread_t thread;
    sigset_t set;
    int sig;
    sem_init(&go_on, 0, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGTERM);
    MUST(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(kill(getpid(), SIGUSR1) == 0);
    MUST(kill(getpid(), SIGTERM) == 0);
    MUST(sigwait(&set, &sig) == 0);
    MUST(sigwait(&set, &sig) == 0);
    sem_post(&go_on);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
