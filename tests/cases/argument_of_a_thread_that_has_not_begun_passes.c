// flags: -pthread
#include "case.h"

static void *work(void *arg)
{
    pthread_detach(pthread_self());
    free(arg);
    for (;;)
        pause();
    return NULL;
}

/* Some of the threads have run, some have not, when main returns. */
int main(void)
{
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        MUST(pthread_create(&thread, NULL, work, malloc(32)) == 0);
    }
    return 0;
}
