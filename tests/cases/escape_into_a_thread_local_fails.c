/* A thread-local remembers the row. */
// findings: 1
// expect: ^tests/cases/escaping\.h:[0-9]+:[0-9]+: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in thread-local mine
#include "escaping.h"

static __thread const char *volatile mine;

static NOINLINE void remember(const char *row)
{
    mine = row;
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
