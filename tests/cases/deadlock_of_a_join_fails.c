// findings: 1
// expect: csan\[deadlock\]: 2 threads wait for each other: .*the end of thread [0-9]+
// expect: try: +give the lock back before pthread_join\(\)
// expect: {{line:join}}
#include "case.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;

static void *needs_a(void *arg)
{
    MUST(pthread_mutex_lock(&a) == 0);
    return arg;
}

int main(void)
{
    pthread_t one;
    MUST(pthread_mutex_lock(&a) == 0);
    pthread_create(&one, NULL, needs_a, NULL);
    pthread_join(one, NULL); /* join */
    return 0;
}
