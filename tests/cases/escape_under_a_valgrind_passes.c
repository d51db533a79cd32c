// run: valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file=$DIR/log $BIN
// mode: link
// only: gcc-O2,clang-O2 the program does not matter
// plain: no
#include <csan_share.h>

#include "case.h"

/* Valgrind's own memory is in /proc's list, and is unmapped while it runs the census. */
static char *volatile row;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    row = malloc(64);
    csan_publish(rows, row, 0);
    csan_evict(rows, row);
    free(row);
    row = NULL;
    return 0;
}
