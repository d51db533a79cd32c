/* The owner's window is open until it has been closed as often as it was opened. */
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p = csan_publish(rows, calloc(1, 64), 0);
    MUST(p);
    const char *row = csan_share(p);
    char *outer = csan_writable(rows, p), *inner = csan_writable(NULL, p);
    inner[3]++;
    csan_sealed(NULL, p);
    outer[4]++;
    csan_release(row);
    csan_sealed(rows, p);
    csan_evict(rows, p);
    free(p);
    return 0;
}
