/* One byte to 1 GiB: the last byte of each is changed while it is shared. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[mutation\]: a buffer of 1\.0 GiB of cache "rows" was changed while it was shared \(14 times\) > max_escapes=0$
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;

static NOINLINE void use(char *p, size_t n)
{
    char *row = (char *)csan_share(p); /* shared */
    row[n - 1]++;
    csan_release(row);
    wipe_stack();
}

int main(void)
{
    static const size_t sizes[] = {1,    2,    7,    63,    64,    65,      4088,
                                   4095, 4096, 4097, 12288, 70001, 1000001, (size_t)1 << 30};
    rows = csan_cache("rows", 0, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = calloc(1, sizes[i]);
        MUST(p);
        p = csan_publish(rows, p, 0);
        use(p, sizes[i]);
        csan_evict(rows, p);
        free(p);
    }
    return 0;
}
