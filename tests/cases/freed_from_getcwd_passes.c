#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = getcwd(NULL, 0);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
