#include "case.h"

static NOINLINE void allocate(void)
{
    char *p = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&p, &size);
    MUST(f);
    fputs("some words", f);
    fclose(f);
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
