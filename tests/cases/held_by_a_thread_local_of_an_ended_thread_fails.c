// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static __thread void *local;

static void *work(void *arg)
{
    local = malloc(32); /* leak */
    keep(&local);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
