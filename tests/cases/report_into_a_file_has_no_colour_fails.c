// leak: leak 65 B in 1 block
// expect-not: \[[0-9;]*m
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
