// flags: -pthread
// leak: leak 32 B in 1 block
// expect: ^ +at work tests/cases/leak_in_a_thread_fails.c:{{line:leak}}
#include "case.h"

static void *work(void *arg)
{
    keep(malloc(32)); /* leak */
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
