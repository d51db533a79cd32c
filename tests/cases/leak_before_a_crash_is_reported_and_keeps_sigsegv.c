// expect-status: 139
// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    *(volatile int *)keep(NULL) = 1;
    return 0;
}
