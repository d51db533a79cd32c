// leak: leak 32 B in 1 block
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = reallocarray(NULL, 4, 8); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
