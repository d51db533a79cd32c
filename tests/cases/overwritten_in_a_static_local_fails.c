// leak: leak 64 B in 2 blocks
#include "case.h"

static NOINLINE void remember(void)
{
    static void *last;
    last = malloc(32); /* leak */
    keep(&last);
}

int main(void)
{
    for (volatile int i = 0; i < 3; i++)
        remember();
    return 0;
}
