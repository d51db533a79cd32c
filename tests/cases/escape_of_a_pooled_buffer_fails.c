/* A response keeps the buffer that went back to the pool. */
// findings: 1
// expect: csan\[escape\]: 2 pointers into a buffer of pool "lines" that was given back are still stored > max_escapes=0$
// expect: stored in global last
// expect: one of the places may be the pool.s own
// expect: given back: at put
#include "pooled.h"

#include <csan.h>

const char *volatile last;

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    last = leave_stale_slots() + 8;
    csan_check(0);
    last = NULL;
    close_pool();
    return 0;
}
