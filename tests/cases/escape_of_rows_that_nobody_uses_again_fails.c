// expect: buffer of 3.0 MiB, freed by now
// expect: buffer of 4.0 KiB, freed by now
// findings: 2
#include <csan_share.h>
#include <malloc.h>

#include "case.h"

/* A small row and one of megabytes behind it, both freed: their addresses are nobody's. */
static csan_cache_t *rows;
static char *volatile kept[2]; /* in the order in which the census meets them */

static NOINLINE void row(char *volatile *to, size_t n)
{
    *to = malloc(n);
    csan_publish(rows, *to, 0);
}

static NOINLINE void drop(char *volatile *row)
{
    csan_evict(rows, *row);
    free(*row);
}

int main(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    rows = csan_cache("rows", 0, 0);
    row(&kept[0], 4096);
    row(&kept[1], 3 << 20);
    char *behind = malloc(64);
    for (int i = 0; i < 2; i++)
        drop(&kept[i]);
    wipe_stack();
    free(behind);
    return 0;
}
