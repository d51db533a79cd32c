// leak: leak 48 B in 1 block
/* What is left in freed blocks, small and large, keeps nothing alive. */
#include "case.h"

static void *volatile small, *volatile large;

static NOINLINE void lose(void)
{
    void *p = malloc(48); /* leak */
    void **a = malloc(400), **b = malloc(100000);
    for (int i = 0; i < 50; i++)
        a[i] = b[i] = b[i + 12000] = keep(p);
    small = a;
    large = b;
}

int main(void)
{
    lose();
    free(small);
    free(large);
    wipe_stack();
    return 0;
}
