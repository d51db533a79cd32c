#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = calloc(4, 8);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
