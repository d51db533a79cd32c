/* A thread releases before it ends. */
// flags: -pthread
#include "cached.h"

static void *run(void *arg)
{
    const char *row = csan_share(arg); /* shared */
    keep((void *)row);
    csan_release(row);
    return NULL;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, run, p) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    drop(p);
    return 0;
}
