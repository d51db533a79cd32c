/* A spare buffer that a check has told of is lent as new: that loan is judged like any other. */
// findings: 2
// expect: csan\[pool\]: a buffer of pool "lines" was written to after it was given back
// expect: csan\[unreleased\]: 1 loan of pool "lines" was never given back
#include "pooled.h"

#include <csan.h>

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    put(line);
    line[3] = 'x';
    csan_check(0);
    line = get();
    csan_check(0);
    csan_forget(pool, line);
    free(line);
    return 0;
}
