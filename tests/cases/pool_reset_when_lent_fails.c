/* The next tenant gets the bytes of the one before. */
// findings: 1
// expect: error: csan\[pool\]: 5 B of the tenant before are left in a buffer lent by pool "lines" > max_escapes=0$
// expect: the tenant before: at get
// expect: given back: at put
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET_ON_LEND);
    char *line = get();
    memcpy(line, "hello", 5);
    put(line);
    
    put(get());
    close_pool();
    return 0;
}
