/* What csan_touch has left is in the report; a name of a megabyte is cut. */
// findings: 1
// expect: csan\[mutation\]: a buffer of 64 B of cache "x{40,64}…" was changed
// expect: touched "parsed" by thread [0-9]+: at main .*:{{line:touched}}$
#include <csan_share.h>

#include "case.h"

static char name[1 << 20];

int main(void)
{
    memset(name, 'x', sizeof name - 1);
    csan_cache_t *rows = csan_cache(name, 0, 0);
    char *p = csan_publish(rows, calloc(1, 64), 0);
    char *row = (char *)csan_share(p);
    csan_touch(row + 5, "parsed"); /* touched */
    row[3] = 1;
    csan_release(row);
    csan_evict(rows, p);
    free(p);
    return 0;
}
