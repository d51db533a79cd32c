/* An object that lives before main and after it shares in its constructor, and forgets one share in
 * its destructor. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released > max_escapes=0$
#include <csan_share.h>

#include "case.h"

namespace
{
struct cache {
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    void *volatile row = csan_publish(rows, calloc(1, 64), 0);

    cache()
    {
        csan_release(csan_share(row));
    }

    ~cache()
    {
        const void *lent = csan_share(row); /* shared */
#ifdef RELEASES
        csan_release(lent);
        csan_evict(rows, row);
        free(row);
        row = nullptr;
#endif
        (void)lent;
    }
} cache;

__attribute__((destructor)) void last()
{
    csan_cache_t *rows = csan_cache("rows at the very end", 0, 0);
    void *row = csan_publish(rows, calloc(1, 64), 0);
    csan_release(csan_share(row));
    csan_evict(rows, row);
    free(row);
}
} // namespace

int main()
{
    return 0;
}
