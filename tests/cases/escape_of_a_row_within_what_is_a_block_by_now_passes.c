#include <csan.h>
#include <csan_share.h>

#include "case.h"

/* A row is freed with what is before it, and a block is both by now: who points to its middle points
 * to the block. */
static char *volatile block, *volatile middle;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *before = malloc(40000), *row = malloc(40000), *behind = malloc(64);
    csan_publish(rows, row, 0);
    csan_evict(rows, row);
    uintptr_t at = (uintptr_t)row, first = (uintptr_t)before;
    free(row);
    free(before);
    block = malloc(80000);
    MUST((uintptr_t)block == first);
    middle = block + (at - first);
    wipe_stack();
    MUST(csan_check(0) == 0);
    middle = NULL;
    free(block);
    free(behind);
    block = NULL;
    return 0;
}
