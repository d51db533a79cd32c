/* Both ends of a request put the buffer back. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of pool "lines" was given back twice > max_escapes=0$
// expect: given back first: at put
// expect: lent by thread [0-9]+: at get
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    char *line = get();
    put(line);
    put(line);
    nspare = 1;
    close_pool();
    return 0;
}
