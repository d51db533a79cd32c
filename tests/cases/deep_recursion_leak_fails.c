// leak: leak 32 B in 1 block
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
    deep(5000);
    return 0;
}
