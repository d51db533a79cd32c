/* A line that grew to a megabyte goes back to the pool, and stays there for ever. */
// findings: 1
// expect: ^{{at:back}}: error: csan\[pool\]: a buffer of 1.0 MiB went back to pool "lines", which keeps 4.0 KiB at most > max_escapes=0$
// expect: lent by thread [0-9]+: at get
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 4096, 0);
    char *line = get();
    line = realloc(line, 1 << 20); /* the loan goes with it */
    MUST(line);
    spare[nspare++] = csan_give_back(pool, line, 0, 1 << 20); /* back */
    close_pool();
    return 0;
}
