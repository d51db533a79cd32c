// expect: ^{{at:freed}}: error: csan\[bad-free\]: written past the end of a block, found by free$
// expect: ^    allocated: at main .*:{{line:made}}$
// expect: ^{{at:grown}}: error: csan\[bad-free\]: written past the end of a block, found by realloc$
// expect: ^{{at:all}}: error: csan\[bad-free\]: written past the end of a block, found by free$
// expect: ^csan: FAIL: 3 findings \(3 bad-free\)
// stdout: ^it went on: 7$
// plain: no
#include "case.h"

/* Whatever is there, it is another byte then. */
static void spoil(char *at)
{
    volatile char *byte = keep(at);
    *byte = (char)~*byte;
}

int main(void)
{
    char *p = keep(malloc(32)); /* made */
    spoil(p + 32);
    spoil(p + 33);
    free(keep(p)); /* freed */
    p = keep(malloc(48));
    memset(keep(p), 7, 48);
    spoil(p + 48);
    p = realloc(keep(p), 100); /* grown */
    int kept = p[47];
    free(p);
    p = keep(malloc(64));
    memset(keep(p), 'x', 72);
    free(keep(p)); /* all */
    printf("it went on: %d\n", kept);
    return 0;
}
