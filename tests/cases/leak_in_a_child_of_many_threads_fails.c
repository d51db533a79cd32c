// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void *work(void *arg)
{
    pid_t child = fork();
    if (child == 0) {
        lose();
        exit(0);
    }
    int how = 0;
    MUST(waitpid(child, &how, 0) == child);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
