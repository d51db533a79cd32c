/* The owner grows a row that nobody reads any more. */
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_release(csan_share(p + 3));
    void *next = keep(malloc(64)); /* it cannot grow where it is */
    p = realloc(p, 100000);
    MUST(p);
    free(next);
    drop(p);
    return 0;
}
