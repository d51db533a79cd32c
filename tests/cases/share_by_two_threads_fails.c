/* Handing a share over to another thread is legal; forgetting it there is not. */
// flags: -pthread
// findings: 1
// expect: csan\[unreleased\]: 1 share of cache "rows" was never released
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;

static NOINLINE char *load(size_t n)
{
    char *p = calloc(1, n);
    MUST(p);
    p = csan_publish(rows, p, 0);
    return keep(p);
}

static NOINLINE void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

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
