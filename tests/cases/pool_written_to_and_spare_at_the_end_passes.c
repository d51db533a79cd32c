/* A clean buffer is written to before it is wiped and given back, and the pool keeps it. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    line[9] = 1;
    line[9] = 0;
    put(line);
    return 0;
}
