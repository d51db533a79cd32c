// flags: -pthread
#include "case.h"

static void *work(void *arg)
{
    free(arg);
    return malloc(32);
}

int main(void)
{
    pthread_t thread;
    void *result = NULL;
    MUST(pthread_create(&thread, NULL, work, malloc(32)) == 0);
    MUST(pthread_join(thread, &result) == 0);
    free(result);
    return 0;
}
