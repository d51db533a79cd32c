#include <csan.h>
#include <csan_share.h>

#include "case.h"

/* The pool's own pointer, and one that lies on a stack still. */
static char *volatile spare;

int main(void)
{
    csan_pool_t *pool = csan_pool("responses", 0, 0);
    char *buffer = csan_lend(pool, calloc(1, 64), 0, 64);
    char *volatile on_stack = buffer;
    spare = csan_give_back(pool, buffer, 0, 64);
    MUST(csan_check(0) == 0);
    on_stack = NULL;
    MUST(!on_stack);
    free(spare);
    spare = NULL;
    return 0;
}
