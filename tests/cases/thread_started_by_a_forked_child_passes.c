// flags: -pthread
#include "case.h"

static void *work(void *arg)
{
    free(arg);
    return malloc(8);
}

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        void *result = NULL;
        MUST(pthread_create(&thread, NULL, work, malloc(32)) == 0);
        MUST(pthread_join(thread, &result) == 0);
        free(result);
        exit(0);
    }
    wait_for_status(child, 0);
    return 0;
}
