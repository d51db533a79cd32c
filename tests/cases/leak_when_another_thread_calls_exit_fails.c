// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void *work(void *arg)
{
    lose();
    exit(0);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    for (;;)
        pause();
}
