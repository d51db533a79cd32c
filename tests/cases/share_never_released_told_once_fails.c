/* A share that is out at one check is not told of at the next, nor at the end. */
// findings: 1
// plain: no
#include <csan.h>
#include <csan_share.h>

#include "case.h"

static char *volatile p;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    keep((void *)csan_share(p));
    MUST(csan_check(0) == 1);
    MUST(csan_check(0) == 0);
    return 0;
}
