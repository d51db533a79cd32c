/* A part that may change ends with the buffer, whatever length it was told with. */
// findings: 1
// expect: csan\[mutation\]: a shared buffer of cache "rows" was written to behind its 64 B > max_escapes=0$
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = csan_publish(rows, calloc(1, 128), 64);
    csan_mutable(p + 32, 1000);
    const char *row = csan_share(p);
    p[40] = 'x';
    p[80] = 'x';
    csan_release(row);
    drop(p);
    return 0;
}
