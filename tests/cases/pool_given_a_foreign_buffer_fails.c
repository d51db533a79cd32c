/* A buffer that the pool never lent is put into it. */
// findings: 1
// expect: error: csan\[pool\]: a buffer that pool "lines" never lent was given back > max_escapes=0$
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    put(calloc(1, ROOM));
    close_pool();
    return 0;
}
