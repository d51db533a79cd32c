#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = strdup(keep((char *)"seven b"));
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
