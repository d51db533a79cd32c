// expect: ^{{at:made}}: error: csan\[bad-free\]: written past the end of a block$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// env: CSAN_MAX_LEAK=off
// plain: no
#include "case.h"

/* Whatever is there, it is another byte then. */
static void spoil(char *at)
{
    volatile char *byte = keep(at);
    *byte = (char)~*byte;
}

char *volatile kept;

int main(void)
{
    kept = malloc(32); /* made */
    spoil(kept + 32);
    return 0;
}
