// leak: leak 40 B in 1 block
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = valloc(40); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
