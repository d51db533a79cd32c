// flags: -pthread
// expect-status: 0
// expect-not: .
// env: CSAN_MAX_THREADS=2
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
    start(wait_for_ever);
    start(end);
    sem_wait(&ended);
    return 0;
}
