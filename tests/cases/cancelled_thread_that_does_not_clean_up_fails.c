// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static int ends[2];

static void *work(void *arg)
{
    char byte;
    void *volatile p = malloc(32); /* leak */
    MUST(read(ends[0], &byte, 1) == 1);
    keep(p);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pipe(ends) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_cancel(thread) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
