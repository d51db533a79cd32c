// expect-status: 134
// leak: leak 32 B in 1 block
// expect: ^csan: FAIL: 1 finding
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    abort();
}
