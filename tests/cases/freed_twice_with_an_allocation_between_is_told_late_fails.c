// expect: ^{{at:late}}: error: csan\[bad-free\]: double free of a block of 40 B$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

int main(void)
{
    void *p = malloc(40);
    keep(p);
    free(p);
    void *q = keep(malloc(40));
    MUST(p == q);
    free(keep(p)); /* the mistake: it frees q */
    free(keep(q)); /* late */
    puts("it went on");
    return 0;
}
