/* Stored through a share before main, by a thread that ends with it, in an exit handler, in a child
 * of vfork that does not come far. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 4
// expect: ^{{at:early}}: error: csan\[mutation\]
// expect: ^{{at:thread}}: error: csan\[mutation\]
// expect: ^{{at:late}}: error: csan\[mutation\]
// expect: ^{{at:held}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
#include "cached.h"

static char *p;

__attribute__((constructor)) static void before(void)
{
    rows = csan_cache("rows", 0, 0);
    p = load(64);
    volatile char *row = (char *)csan_share(p);
    row[0] = 1; /* early */
    csan_release((void *)row);
}

static void after(void)
{
    volatile char *row = (char *)csan_share(p);
    row[2] = 3; /* late */
    MUST(p[0] == 1 && p[1] == 2 && p[2] == 3);
    csan_release((void *)row);
}

static void *work(void *arg)
{
    volatile char *row = (char *)csan_share(p); /* held */
    row[1] = 2; /* thread */
    return arg;
}

int main(void)
{
    pthread_t thread;
    MUST(atexit(after) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0 && pthread_join(thread, NULL) == 0);
    pid_t child = vfork();
    if (child == 0)
        _exit(p[1] != 2);
    int status;
    MUST(waitpid(child, &status, 0) == child && status == 0);
    return 0;
}
