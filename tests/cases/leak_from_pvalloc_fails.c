// leak: leak 4.0 KiB in 1 block
#include <malloc.h>
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = pvalloc(4096); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
