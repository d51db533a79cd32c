// flags: -pthread
// expect: ^{{at:start}}: error: csan\[thread\]: 7 threads never joined nor detached: 3 still run, 4 have ended > max_threads=0$
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
    void *(*volatile what)(void *) = end;
    for (volatile int i = 0; i < 7; i++) {
        start(what);
        if (i == 3)
            what = wait_for_ever;
    }
    for (int i = 0; i < 4; i++)
        sem_wait(&ended);
    return 0;
}
