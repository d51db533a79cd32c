// expect: ^{{at:fast}}: error: csan\[bad-free\]: double free of a block of 24 B \(20 times\)$
// expect: ^{{at:joined}}: error: csan\[bad-free\]: double free of a block
// expect: ^csan: FAIL: 2 findings \(2 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

/* In libc's fast bins; and joined with a free neighbour on both sides. */
int main(void)
{
    static void *fast[20], *large[4];
    for (volatile int i = 0; i < 4; i++)
        large[i] = keep(malloc(6000));
    free(large[0]);
    free(large[2]);
    free(large[1]);
    free(keep(large[1])); /* joined */
    free(large[3]);
    for (volatile int i = 0; i < 20; i++)
        fast[i] = keep(malloc(24));
    for (volatile int i = 0; i < 20; i++)
        free(fast[i]);
    for (volatile int i = 0; i < 20; i++)
        free(keep(fast[i])); /* fast */
    puts("it went on");
    return 0;
}
