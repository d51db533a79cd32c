// leak: leak 32 B in 1 block
// expect: ^ +at lose tests/cases/leak_when_main_returns_fails.c:{{line:leak}}
// expect: ^ +at main tests/cases/leak_when_main_returns_fails.c:{{line:call}}
// expect: ^csan: FAIL: 1 finding \(1 leak\) in leak_when_main_returns_fails$
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose(); /* call */
    return 0;
}
