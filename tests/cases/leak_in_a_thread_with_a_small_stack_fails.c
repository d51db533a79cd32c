// flags: -pthread
// leak: leak 32 B in 1 block
#include "case.h"

#include <limits.h>

static void *work(void *arg)
{
    keep(malloc(32)); /* leak */
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    MUST(pthread_attr_init(&attributes) == 0);
    MUST(pthread_attr_setstacksize(&attributes, 16384) == 0);
    MUST(pthread_create(&thread, &attributes, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    MUST(pthread_attr_destroy(&attributes) == 0);
    return 0;
}
