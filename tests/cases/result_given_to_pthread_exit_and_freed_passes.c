// flags: -pthread
#include "case.h"

static void *work(void *arg)
{
    (void)arg;
    pthread_exit(malloc(32));
}

int main(void)
{
    pthread_t thread;
    void *result = NULL;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, &result) == 0);
    MUST(result);
    free(result);
    return 0;
}
