/* The first five bytes of a lent buffer are meant for its borrower: they are no leftovers. */
#include <csan_share.h>

#include "case.h"

static char *spare;

int main(void)
{
    csan_pool_t *pool = csan_pool("lines", 0, CSAN_POOL_RESET_ON_LEND);
    char *line = csan_lend(pool, calloc(1, 64), 0, 64);
    MUST(line);
    memcpy(line, "hello", 5);
    spare = csan_give_back(pool, line, 5, 64);
    line = csan_lend(pool, spare, 5, 64);
    MUST(memcmp(line, "hello", 6) == 0);
    csan_forget(pool, line);
    free(line);
    spare = NULL;
    return 0;
}
