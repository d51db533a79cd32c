// flags: -pthread
// expect: ^{{at:start}}: error: csan\[thread\]: 1 thread never joined nor detached: 1 still runs > max_threads=0$
// expect: 1 thread waits in sem_wait: at serve .*:{{line:wait}}
// findings: 1
#include "left.h"
#include "waits.h"

static NOINLINE void *serve(void *arg)
{
    begin_to_wait();
    while (sem_wait(&never) != 0) /* wait */
        ;
    return arg;
}

static NOINLINE pthread_t start(void *(*what)(void *))
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, what, NULL) == 0); /* start */
    return thread;
}

int main(void)
{
    begin();
    start(serve);
    wait_until_it_waits();
    return 0;
}
