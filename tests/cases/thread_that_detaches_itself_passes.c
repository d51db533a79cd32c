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
    for (int i = 0; i < 100; i++) {
        start(detach_itself);
        sem_wait(&ended);
    }
    return 0;
}
