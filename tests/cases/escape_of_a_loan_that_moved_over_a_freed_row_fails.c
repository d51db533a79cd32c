// expect: error: csan\[escape\]: 2 pointers into a buffer of pool "responses" that was given back
// findings: 1
#include <csan.h>
#include <csan_share.h>

#include "case.h"

/* A row of a cache is freed, and realloc moves a buffer on loan to where the row's end was: who
 * points there points into the buffer. */
static csan_cache_t *rows;
static char *blocks[3], *volatile spare, *volatile response;

static NOINLINE uintptr_t row_freed(void)
{
    char *row;
    blocks[0] = malloc(4000);
    row = malloc(4000);
    blocks[1] = malloc(2000);
    csan_publish(rows, row, 0);
    csan_evict(rows, row);
    uintptr_t at = (uintptr_t)row;
    free(row);
    free(blocks[0]);
    blocks[2] = malloc(5000); /* from where the first began to within the row */
    MUST(blocks[2] == blocks[0]);
    return at;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    csan_pool_t *pool = csan_pool("responses", 0, 0);
    spare = malloc(1200);
    char *behind = malloc(64); /* so that it cannot grow where it is */
    spare = csan_lend(pool, spare, 0, 1200);
    uintptr_t row = row_freed();
    spare = realloc(spare, 2500);
    MUST((uintptr_t)spare > row && (uintptr_t)spare < row + 4000);
    response = spare + 8;
    spare = csan_give_back(pool, spare, 0, 2500);
    wipe_stack();
    MUST(csan_check(0) == 1);
    free(behind);
    free(spare);
    spare = response = NULL;
    free(blocks[1]);
    free(blocks[2]);
    return 0;
}
