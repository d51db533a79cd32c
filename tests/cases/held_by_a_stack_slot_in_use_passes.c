#include "case.h"

#include <stdbool.h>

static NOINLINE void leave(void)
{
    static volatile bool leaves = true;
    if (leaves)
        exit(0);
}

static NOINLINE void hold(int depth)
{
    void *volatile local[40];
    void *p = malloc(48);
    local[7] = p;
    if (depth == 0)
        leave();
    else
        hold(depth - 1);
    keep((void *)local);
}

int main(void)
{
    hold(20);
    return 1;
}
