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
    thrd_t thread;
    MUST(pthread_join(start(end), NULL) == 0);
    MUST(thrd_create(&thread, end_c11, NULL) == thrd_success);
    MUST(thrd_join(thread, NULL) == thrd_success);
    return 0;
}
