/* A row is remembered in a global when it is long gone. */
// findings: 1
// expect: ^tests/cases/escaping\.h:[0-9]+:[0-9]+: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in global last_row\[2\] 
// expect: buffer of 64 B, offset 16, freed by now
// expect: evicted: at serve
#include "escaping.h"

const char *last_row[4];

static NOINLINE void remember(const char *row)
{
    last_row[2] = row + 16;
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
