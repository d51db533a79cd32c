/* A row that moved while somebody read it is told of as that: that its share never comes back, then
 * or when its old place is lent anew, says nothing more. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 64 B of cache "rows" was given to realloc while it was shared
// expect-not: never released
#include "cached.h"

#include <csan.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_share(p);
    void *next = keep(malloc(64)); /* it cannot grow where it is */

    p = realloc(p, 100000);
    MUST(p);
    csan_check(0);
    char *q = load(64); /* mostly where p was */
    free(next);
    drop(q);
    drop(p);
    return 0;
}
