/* Publish, then evict: at no time is a call on the cache begun over its limit. */
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 3);
    char *p[8];
    for (int i = 0; i < 8; i++) {
        p[i] = calloc(1, 64);
        MUST(p[i]);
        p[i] = csan_publish(rows, p[i], 64); /* published */
        if (i >= 3) {
            csan_evict(rows, p[i - 3]);
            free(p[i - 3]);
            p[i - 3] = NULL;
        }
    }
    for (int i = 0; i < 8; i++)
        if (p[i]) {
            csan_evict(rows, p[i]);
            free(p[i]);
        }
    return 0;
}
