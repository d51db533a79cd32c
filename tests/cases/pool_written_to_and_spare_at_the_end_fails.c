/* A clean buffer is written to after it was given back, and the pool keeps it to the end. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of pool "lines" was written to after it was given back >
// expect: given back by thread [0-9]+: at put
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    put(line);
    line[9] = 1;
    return 0;
}
