/* share=stress looks at every call, at long buffers too: the change is found when the next shares. */
// env: CSAN_SHARE=stress
// findings: 1
// expect: csan\[mutation\]: a buffer of 20 KiB of cache "rows"
// expect: found when it was shared again: at main
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p = csan_publish(rows, calloc(1, 20000), 0);
    for (int i = 0; i < 100; i++)
        csan_release(csan_share(p));
    char *row = (char *)csan_share(p);
    row[10000] = 1;
    const char *other = csan_share(p);
    csan_release(other);
    csan_release(row);
    csan_evict(rows, p);
    free(p);
    return 0;
}
