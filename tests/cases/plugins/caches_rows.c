/* A module with a cache of its own, and a borrower that writes. */
#include "../../../include/csan_share.h"

#include <stdlib.h>

char *load_row(void)
{
    char name[] = "of a module";
    csan_cache_t *mine = csan_cache(name, 0, 0);
    name[0] = 'X';
    return csan_publish(mine, calloc(1, 64), 0);
}

const char *share_row(const char *row)
{
    const char *lent = csan_share(row);
    __asm__ volatile("" : "+r"(lent)); /* no tail call: the frame is there */
    return lent;
}

void write_to_row(const char *row, int at)
{
    ((volatile char *)(unsigned long)row)[at]++; /* store */
}

void release_row(const char *row)
{
    csan_release(row);
    __asm__ volatile("");
}

void drop_row(char *row)
{
    csan_evict(NULL, row);
    free(row);
    __asm__ volatile("");
}
