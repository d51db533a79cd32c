/* A buffer that is not reset is no place for csan's junk: the next tenant finds what was left. */
// findings: 1
// expect: csan\[pool\]: 5 B of its tenant's are left in a buffer given back to pool "lines" > max_escapes=0$
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    pass_on_five_bytes(0);
    return 0;
}
