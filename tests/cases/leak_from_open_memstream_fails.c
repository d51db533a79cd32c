// expect: error: csan\[leak\]: .* in 1 block never freed > max_leak=0
// findings: 1
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
}

int main(void)
{
    allocate();
    return 0;
}
