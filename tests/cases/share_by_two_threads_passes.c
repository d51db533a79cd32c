/* One thread shares, the other releases. */
// flags: -pthread
#include "cached.h"

static void *run(void *arg)
{
    csan_release(arg);
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
