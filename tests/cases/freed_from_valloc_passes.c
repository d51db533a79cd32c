#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = valloc(40);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
