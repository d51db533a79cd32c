/* One more than are accepted. */
// env: CSAN_MAX_ESCAPES=2
// expect: 3 shares of cache "rows" were never released > max_escapes=2$
#include <csan_share.h>

#include "case.h"

static char *volatile p;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    for (volatile int i = 0; i < 3; i++)
        keep((void *)(uintptr_t)csan_share(p));
    return 0;
}
