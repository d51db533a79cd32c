/* A plugin with a cache of its own. */
#include <csan_share.h>
#include <stdlib.h>

const char *serve_row(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *row = csan_publish(rows, calloc(1, 64), 0); /* published */
    const char *lent = csan_share(row);               /* shared */
    csan_evict(rows, row);
    return lent;
}
