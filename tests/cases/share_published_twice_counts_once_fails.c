/* Published again, a row takes its cache's room no second time. */
// findings: 1
// expect: csan\[pool\]: a buffer of 64 B of cache "rows" was published twice > max_escapes=0$
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 100, 1);
    char *p = load(64);
    csan_publish(rows, p, 0);
    csan_release(csan_share(p));
    drop(p);
    return 0;
}
