// expect: ^{{at:top}}: error: csan\[bad-free\]: double free of a block
// expect: ^{{at:mapped}}: error: csan\[bad-free\]: double free of a block
// expect: ^csan: FAIL: 2 findings \(2 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

int main(void)
{
    void *top = malloc(100000);
    keep(top);
    free(top);
    free(keep(top)); /* top */
    void *mapped = malloc((size_t)64 << 20);
    keep(mapped);
    free(mapped);
    free(keep(mapped)); /* mapped */
    puts("it went on");
    return 0;
}
