/* A handler takes a share, and does not give it back. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 3 shares of cache "rows" were never released > max_escapes=0$
#include <csan_share.h>

#include "case.h"

static char *p;

static void handle(int sig)
{
    (void)sig;
    const char *row = csan_share(p); /* shared */
#ifdef RELEASES
    csan_release(row);
#endif
    keep((void *)row);
}

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    MUST(signal(SIGUSR1, handle) != SIG_ERR);
    for (volatile int i = 0; i < 3; i++)
        raise(SIGUSR1);
    return 0;
}
