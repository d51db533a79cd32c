/* Each to its own. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    csan_pool_t *other = csan_pool("pages", 0, 0);
    char *p = csan_lend(other, calloc(1, ROOM), 0, ROOM); /* lent */
    free(csan_give_back(other, p, 0, ROOM));
    close_pool();
    return 0;
}
