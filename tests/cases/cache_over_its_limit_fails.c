/* A cache that puts and forgets to evict holds more than it declared. */
// findings: 1
// expect: ^{{at:published}}: error: csan\[pool\]: cache "rows" holds 7 entries, its limit is 3 \([0-9]+ times\) > max_escapes=0$
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
        
    }
    for (int i = 0; i < 8; i++)
        if (p[i]) {
            csan_evict(rows, p[i]);
            free(p[i]);
        }
    return 0;
}
