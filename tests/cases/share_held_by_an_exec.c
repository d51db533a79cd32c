/* The program is replaced while it holds a share. */
// expect-status: 0
// mode: link
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
#include <csan_share.h>

#include "case.h"

static char *volatile p;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, calloc(1, 64), 0);
    csan_share(p); /* shared */
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}
