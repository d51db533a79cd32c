// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    void **p = malloc(32); /* leak */
    MUST(p);
    p[0] = p;
    p[1] = p;
    keep(p);
}

int main(void)
{
    lose();
    return 0;
}
