#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = aligned_alloc(64, 64);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
