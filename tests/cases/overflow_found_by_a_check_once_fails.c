// expect: ^{{at:made}}: error: csan\[bad-free\]: written past the end of a block \(3 blocks\)$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^1 0$
// plain: no
#include "case.h"

#include <csan.h>

/* Whatever is there, it is another byte then. */
static void spoil(char *at)
{
    volatile char *byte = keep(at);
    *byte = (char)~*byte;
}

char *volatile kept[3];

NOINLINE static char *make(void)
{
    char *p = keep(malloc(32)); /* made */
    spoil(p + 32);
    return p;
}

int main(void)
{
    csan_mark_t m = csan_mark();
    for (volatile int i = 0; i < 3; i++)
        kept[i] = make();
    int first = csan_check(m);
    printf("%d %d\n", first, csan_check(m));
    return 0;
}
