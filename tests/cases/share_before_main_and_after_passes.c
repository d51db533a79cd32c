/* Shared before main, and in an exit handler. */
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;
static char *p;

__attribute__((constructor)) static void early(void)
{
    rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    csan_release(csan_share(p));
}

static void late(void)
{
    csan_release(csan_share(p));
    csan_evict(rows, p);
    free(p);
    p = NULL;
}

int main(void)
{
    atexit(late);
    return 0;
}
