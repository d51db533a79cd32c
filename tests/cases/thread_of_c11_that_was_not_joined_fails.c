// flags: -pthread
// expect: ^{{at:create}}: error: csan\[thread\]: 1 thread never joined nor detached: 1 has ended > max_threads=0$
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
    thrd_t thread;
    MUST(pthread_join(start(end), NULL) == 0);
    MUST(thrd_create(&thread, end_c11, NULL) == thrd_success); /* create */
    sem_wait(&ended);
    sem_wait(&ended);
    return 0;
}
