// skip: the check for bad frees is not built yet
// expect: ^{{at:bad}}: error: csan\[bad-free\]:
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

int main(void)
{
    void *p = malloc(32);
    keep(p);
    free(p);
    free(keep(p)); /* bad */
    puts("it went on");
    return 0;
}
