// flags: -pthread
// env: CSAN_MAX_THREADS=off
// leak: leak 32 B in 1 block
// expect-not: error: csan\[thread\]
#include "case.h"

static __thread void *local;
static pid_t tid;

static void *work(void *arg)
{
    local = malloc(32); /* leak */
    keep(&local);
    tid = my_tid();
    return arg;
}

int main(void)
{
    pthread_t thread;
    char path[64];
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (*(volatile pid_t *)&tid == 0)
        sched_yield();
    snprintf(path, sizeof(path), "/proc/self/task/%d", (int)tid);
    while (access(path, F_OK) == 0)
        sched_yield();
    return 0;
}
