/* One place lends rows of two caches to two threads: each cache is told of, and no one thread. */
// findings: 2
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 2 shares of cache "rows" were never released
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 2 shares of cache "columns" were never released
// expect-not: by thread
#include <csan_share.h>
#include <pthread.h>

#include "case.h"

static csan_cache_t *cache[2];
static char *kept[2];

static NOINLINE void *use(void *arg)
{
    for (volatile int i = 0; i < 2; i++) {
        const char *p = csan_share(kept[i]); /* shared */
        keep((void *)(uintptr_t)p);
    }
    return arg;
}

int main(void)
{
    cache[0] = csan_cache("rows", 0, 0);
    cache[1] = csan_cache("columns", 0, 0);
    for (int i = 0; i < 2; i++) {
        MUST(kept[i] = calloc(1, 64));
        kept[i] = csan_publish(cache[i], kept[i], 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_t t;
        MUST(pthread_create(&t, NULL, use, NULL) == 0);
        MUST(pthread_join(t, NULL) == 0);
    }
    for (int i = 0; i < 2; i++) {
        csan_evict(cache[i], kept[i]);
        free(kept[i]);
        kept[i] = NULL;
    }
    return 0;
}
