// mode: static
// flags: -pthread
#include "case.h"

static __thread void *local;

static void *work(void *arg)
{
    local = malloc(32);
    free(local);
    return arg;
}

int main(void)
{
    pthread_t thread;
    local = malloc(65);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
