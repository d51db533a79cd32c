// flags: -pthread
#include "case.h"

static void *work(void *arg)
{
    free(keep(malloc(32)));
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
