// leak: leak 40 B in 1 block
#include <malloc.h>
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = memalign(64, 40); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
