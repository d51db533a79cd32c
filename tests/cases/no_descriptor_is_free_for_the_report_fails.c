// findings: 1
// expect: error: csan\[leak\]: 32 B in 1 block never freed
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

/* A program that is short of descriptors: the limit is reached when the report is made. */
int main(void)
{
    lose();
    while (dup(0) >= 0)
        ;
    MUST(errno == EMFILE);
    return 0;
}
