/* A buffer is written to after it was given back. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of pool "lines" was written to after it was given back > max_escapes=0$
// expect: given back by thread [0-9]+: at put
// expect: found when it was lent again: at get
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    keep(line);
    put(line);
    line[9] = 1;
    put(get());
    close_pool();
    return 0;
}
