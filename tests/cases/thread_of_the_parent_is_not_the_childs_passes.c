// flags: -pthread
#include "left.h"

static NOINLINE pthread_t start(void *(*what)(void *))
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, what, NULL) == 0); /* start */
    return thread;
}

int main(void)
{
    begin();
    pthread_t thread = start(wait_for_ever);
    pid_t child = fork();
    if (child == 0)
        exit(0);
    wait_for_status(child, 0);
    sem_post(&never);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
