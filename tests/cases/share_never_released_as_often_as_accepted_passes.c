/* As many as are accepted. */
// env: CSAN_MAX_ESCAPES=2
#include <csan_share.h>

#include "case.h"

static char *volatile p;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    for (volatile int i = 0; i < 2; i++)
        keep((void *)(uintptr_t)csan_share(p));
    return 0;
}
