/* The address is another block's by now: a pointer to it is one to that. */
#include <csan_share.h>

#include "case.h"

#include <csan.h>

char *row;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    row = csan_publish(rows, malloc(64), 0);
    csan_release(csan_share(row));
    csan_evict(rows, row);
    free(row);
    char *again = malloc(64);
    MUST(again == row || (row = again));
    csan_check(0);
    free(row);
    row = NULL;
    return 0;
}
