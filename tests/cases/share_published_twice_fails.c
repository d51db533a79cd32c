/* Published again without csan_evict: the second one counts. */
// findings: 1
// expect: ^{{at:again}}: error: csan\[pool\]: a buffer of 64 B of cache "rows" was published twice > max_escapes=0$
// expect: first published: at load
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    csan_publish(rows, p, 10); /* again */
    csan_evict(rows, p);
    csan_publish(rows, p, 64);
    csan_publish_fixed(NULL, p + 8, 8);
    const char *inner = csan_share(p + 9), *outer = csan_share(p + 20);
    csan_release(inner);
    csan_release(outer);
    drop(p);
    return 0;
}
