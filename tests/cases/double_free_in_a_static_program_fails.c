// mode: static
// expect: ^{{at:bad}}: error: csan\[bad-free\]: double free of a block of 32 B$
// expect: ^{{at:global}}: error: csan\[bad-free\]: free of a variable or literal of the program
// expect: ^csan: FAIL: 2 findings \(2 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free -Wno-free-nonheap-object
// plain: no
#include "case.h"

static char room[64] __attribute__((aligned(16)));

int main(void)
{
    void *p = malloc(32);
    keep(p);
    free(p);
    free(keep(p)); /* bad */
    free(keep(room + 16)); /* global */
    puts("it went on");
    return 0;
}
