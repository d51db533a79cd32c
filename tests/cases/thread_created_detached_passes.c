// flags: -pthread
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
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    MUST(pthread_create(&thread, &attr, wait_for_ever, NULL) == 0);
    pthread_attr_destroy(&attr);
    MUST(pthread_join(start(end), NULL) == 0);
    return 0;
}
