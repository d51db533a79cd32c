// flags: -pthread
#include "case.h"

static pthread_key_t key;

static void *work(void *arg)
{
    MUST(pthread_setspecific(key, malloc(32)) == 0);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_key_create(&key, free) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
