// leak: leak 48 B in 1 block
/* The frames of functions that have returned are full of its address. */
#include "case.h"

static NOINLINE void lose(int depth)
{
    void *volatile local[40];
    void *p = malloc(48); /* leak */
    if (depth == 0) {
        for (int i = 0; i < 40; i++)
            local[i] = p;
        keep((void *)local);
    } else {
        free(p);
        lose(depth - 1);
    }
}

int main(void)
{
    lose(20);
    return 0;
}
