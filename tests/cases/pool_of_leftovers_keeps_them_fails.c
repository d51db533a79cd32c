/* A buffer that is not reset is no place for csan's junk: the next tenant finds what was left. */
// findings: 1
// expect: csan\[pool\]: 5 B of its tenant's are left in a buffer given back to pool "lines" > max_escapes=0$
#include <csan_share.h>

#include "case.h"

static char *spare;

int main(void)
{
    csan_pool_t *pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = csan_lend(pool, calloc(1, 64), 0, 64);
    MUST(line);
    memcpy(line, "hello", 5);
    spare = csan_give_back(pool, line, 0, 64);
    line = csan_lend(pool, spare, 5, 64);
    MUST(memcmp(line, "hello", 6) == 0);
    csan_forget(pool, line);
    free(line);
    spare = NULL;
    return 0;
}
