#include <malloc.h>
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = pvalloc(4096);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
