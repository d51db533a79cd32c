/* The tenant's bytes are left in a buffer that is to be returned all zero. */
// findings: 1
// expect: error: csan\[pool\]: 5 B of its tenant's are left in a buffer given back to pool "lines" > max_escapes=0$
// expect: lent by thread [0-9]+: at get
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    memcpy(line, "hello", 5);
    
    put(line);
    close_pool();
    return 0;
}
