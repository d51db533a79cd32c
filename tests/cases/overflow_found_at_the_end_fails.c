// expect: ^{{at:made}}: error: csan\[bad-free\]: written past the end of a block$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// env: CSAN_MAX_LEAK=off
// plain: no
#include "case.h"

char *volatile kept;

int main(void)
{
    kept = malloc(32); /* made */
    memset(keep(kept), 'x', 33);
    return 0;
}
