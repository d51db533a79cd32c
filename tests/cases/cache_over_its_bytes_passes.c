/* It holds 64. */
#include <csan_share.h>

#include "case.h"

void *volatile cached;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 100, 0);
    cached = csan_publish(rows, calloc(1, 64), 0);
    MUST(cached);
    return 0;
}
