/* A cache of at most 100 bytes holds 128 at the end. */
// findings: 1
// expect: csan\[pool\]: cache "rows" holds 128 B, its limit is 100 B > max_escapes=0$
#include <csan_share.h>

#include "case.h"

void *volatile cached;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 100, 0);
    cached = csan_publish(rows, calloc(1, 128), 0);
    MUST(cached);
    return 0;
}
