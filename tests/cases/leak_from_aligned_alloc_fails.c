// leak: leak 64 B in 1 block
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = aligned_alloc(64, 64); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
