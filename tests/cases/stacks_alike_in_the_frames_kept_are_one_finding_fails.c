// leak: leak 128 B in 4 blocks
// env: CSAN_STACK_DEPTH=5
#include "case.h"

static NOINLINE void deep(int n)
{
    if (n == 0)
        keep(malloc(32)); /* leak */
    else
        deep(n - 1);
    keep(NULL);
}

int main(void)
{
    deep(10);
    deep(20);
    deep(30);
    deep(40);
    return 0;
}
