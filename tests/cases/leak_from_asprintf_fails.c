// leak: leak 10 B in 1 block
#include "case.h"

static NOINLINE void allocate(void)
{
    char *p = NULL;
    MUST(asprintf(&p, "answer %d", 42) == 9); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
