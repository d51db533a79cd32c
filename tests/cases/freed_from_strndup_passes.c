#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = strndup(keep((char *)"seven bytes"), 7);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
