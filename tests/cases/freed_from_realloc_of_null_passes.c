#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = realloc(NULL, 32);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
