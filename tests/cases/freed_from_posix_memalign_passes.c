#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = NULL;
    MUST(posix_memalign(&p, 64, 40) == 0);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
