/* A borrower that changes a copy. */
#include <csan_share.h>

#include "case.h"

static csan_cache_t *rows;

static NOINLINE char *load(size_t n)
{
    char *p = calloc(1, n);
    MUST(p);
    p = csan_publish(rows, p, 0);
    return keep(p);
}

static NOINLINE void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
    wipe_stack();
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    char *row = (char *)csan_share(p); /* shared */
    char copy[64];
    memcpy(copy, row, sizeof copy);
    copy[7] = 1;
    keep(copy);
    csan_release(row); /* released */
    drop(p);
    return 0;
}
