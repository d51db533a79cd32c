/* A loan that does not come back. */
// findings: 1
// expect: error: csan\[unreleased\]: 1 loan of pool "lines" was never given back > max_escapes=0$
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    csan_mark_t mark = csan_mark();
    csan_disable();
    get();
    csan_enable();
    csan_check(mark);
    close_pool();
    return 0;
}
