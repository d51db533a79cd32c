#include "case.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;

static void *needs_nothing(void *arg)
{
    return arg;
}

int main(void)
{
    pthread_t one;
    MUST(pthread_mutex_lock(&a) == 0);
    pthread_create(&one, NULL, needs_nothing, NULL);
    pthread_join(one, NULL);
    MUST(pthread_mutex_unlock(&a) == 0);
    return 0;
}
