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
    pthread_detach(start(wait_for_ever));
    pthread_detach(start(end));
    sem_wait(&ended);
    return 0;
}
