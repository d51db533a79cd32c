// env: CSAN_MAX_THREADS=off
// flags: -pthread
// leak: leak 32 B in 1 block
// stdout: ^the last thread is done$
#include "case.h"

static pthread_t first;

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void *work(void *arg)
{
    MUST(pthread_join(first, NULL) == 0);
    lose();
    puts("the last thread is done");
    return arg;
}

int main(void)
{
    pthread_t thread;
    first = pthread_self();
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    pthread_detach(thread);
    pthread_exit(NULL);
}
