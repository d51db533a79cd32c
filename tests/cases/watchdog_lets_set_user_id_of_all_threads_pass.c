// flags: -pthread
// expect-status: 0
// expect-not: .
#include "case.h"

static void *work(void *arg)
{
    MUST(setgid(getgid()) == 0);
    MUST(setuid(getuid()) == 0);
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    MUST(setuid(getuid()) == 0);
    return 0;
}
