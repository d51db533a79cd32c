/* Nothing, one byte, around a page, across pages, 1 GiB: published, shared, released, evicted. */
#include <csan_share.h>

#include "case.h"

int main(void)
{
    static const size_t sizes[] = {0,    1,    2,    7,     63,    64,    65,     4088,
                                   4095, 4096, 4097, 12288, 65536, 70001, 1000001, (size_t)1 << 30};
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p[sizeof sizes / sizeof *sizes];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        p[i] = malloc(sizes[i]);
        MUST(p[i]);
        p[i] = csan_publish(rows, p[i], 0);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *whole = csan_share(p[i]), *end = csan_share(p[i] + sizes[i] - (sizes[i] > 0));
        const char *middle = csan_share(p[i] + sizes[i] / 2);
        csan_release(middle);
        csan_release(whole);
        csan_evict(rows, p[i]);
        csan_release(end);
        free(p[i]);
    }
    return 0;
}
