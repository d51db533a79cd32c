// plain: no
// findings: 3
// expect: ^{{at:break}}: error: csan\[growth\]: 16 B in 1 block more each round, over 4 rounds, still reachable
// expect: ^{{at:return}}: error: csan\[growth\]: 32 B in 1 block more each round, over 5 rounds, still reachable
// expect: ^{{at:goto}}: error: csan\[growth\]: 48 B in 1 block more each round, over 6 rounds, still reachable
// expect-not: csan: FAIL: [23] findings
#include "case.h"

#include <csan.h>

void **all;

static void keep_all(void **n)
{
    *n = all;
    all = n;
}

static NOINLINE void leaves_by_break(void)
{
    int i = 0;
    CSAN_REPEAT(20)
    {
        keep_all(keep(malloc(16))); /* break */
        if (++i == 5)
            break;
    }
}

static NOINLINE void leaves_by_return(void)
{
    int i = 0;
    CSAN_REPEAT(20)
    {
        keep_all(keep(malloc(32))); /* return */
        if (++i == 6)
            return;
    }
}

static NOINLINE void leaves_by_goto(void)
{
    int i = 0;
    CSAN_REPEAT(20)
    {
        keep_all(keep(malloc(48))); /* goto */
        if (++i == 7)
            goto out;
    }
out:
    return;
}

int main(void)
{
    leaves_by_break();
    leaves_by_return();
    leaves_by_goto();
    return 0;
}
