// flags: -pthread
// expect-status: 0
// expect-not: .
#include "case.h"

#include <threads.h>

static tss_t key;

static int work(void *arg)
{
    MUST(tss_set(key, malloc(16)) == thrd_success);
    free(arg);
    return 5;
}

int main(void)
{
    thrd_t thread;
    int result = 0;
    MUST(tss_create(&key, free) == thrd_success);
    MUST(thrd_create(&thread, work, malloc(32)) == thrd_success);
    MUST(thrd_join(thread, &result) == thrd_success);
    MUST(result == 5);
    return 0;
}
