// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

static void *work(void *arg)
{
    (void)arg;
    return keep(malloc(32)); /* leak */
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
