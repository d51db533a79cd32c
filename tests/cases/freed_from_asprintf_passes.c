#include "case.h"

static NOINLINE void allocate(void)
{
    char *p = NULL;
    MUST(asprintf(&p, "answer %d", 42) == 9);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
