// expect: ^{{at:freed}}: error: csan\[bad-free\]: written past the end of a block, found by free$
// expect: ^    allocated: at main .*:{{line:made}}$
// expect: ^{{at:grown}}: error: csan\[bad-free\]: written past the end of a block, found by realloc$
// expect: ^{{at:all}}: error: csan\[bad-free\]: written past the end of a block, found by free$
// expect: ^csan: FAIL: 3 findings \(3 bad-free\)
// stdout: ^it went on: 7$
// plain: no
#include "case.h"

int main(void)
{
    char *p = keep(malloc(32)); /* made */
    memset(keep(p), 'x', 34);
    free(keep(p)); /* freed */
    p = keep(malloc(48));
    memset(keep(p), 7, 49);
    p = realloc(keep(p), 100); /* grown */
    int kept = p[47];
    free(p);
    p = keep(malloc(64));
    memset(keep(p), 'x', 72);
    free(keep(p)); /* all */
    printf("it went on: %d\n", kept);
    return 0;
}
