// flags: -pthread
// expect: ^{{at:start}}: error: csan\[thread\]: 1 thread never joined nor detached: 1 has ended > max_threads=0$
// findings: 1
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
    start(end);
    sem_wait(&ended);
    return 0;
}
