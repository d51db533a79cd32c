// flags: -pthread
// expect: ^{{at:start}}: error: csan\[thread\]: 1 thread never joined nor detached: 1 still runs > max_threads=0$
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
    pid_t child = fork();
    if (child == 0) {
        start(wait_for_ever);
        exit(0);
    }
    wait_for_status(child, 86);
    return 0;
}
