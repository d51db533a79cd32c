// leak: leak 8 B in 1 block
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = strndup(keep((char *)"seven bytes"), 7); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
