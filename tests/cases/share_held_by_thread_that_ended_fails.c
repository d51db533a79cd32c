/* A thread ends with a share. */
// flags: -pthread
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
// expect: by thread [0-9]+$
#include "cached.h"

static void *run(void *arg)
{
    const char *row = csan_share(arg); /* shared */
    keep((void *)row);
    
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
