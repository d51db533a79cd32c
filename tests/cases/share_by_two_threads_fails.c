/* Handing a share over to another thread is legal; forgetting it there is not. */
// flags: -pthread
// findings: 1
// expect: csan\[unreleased\]: 1 share of cache "rows" was never released
#include "cached.h"

static void *run(void *arg)
{
    keep(arg);
    return NULL;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, run, (void *)csan_share(p)) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    drop(p);
    return 0;
}
