/* The pool thinks otherwise of a buffer's size than before: whom it was lent to then is not told,
 * that is over. */
// findings: 1
// expect: csan\[pool\]: a buffer of 200 B in pool "lines", whose buffers have 256 B > max_escapes=0$
// expect: ^    at main
// expect-not: ^    lent
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_ONE_SIZE);
    put(get());
    char *line = csan_lend(pool, spare[--nspare], 0, 200);
    csan_forget(pool, line);
    free(line);
    return 0;
}
