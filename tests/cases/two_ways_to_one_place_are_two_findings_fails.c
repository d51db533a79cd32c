// findings: 2
// expect: ^{{at:leak}}: error: csan\[leak\]: 32 B in 1 block
// expect: ^ +at first tests/cases/two_ways
// expect: ^ +at second tests/cases/two_ways
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static NOINLINE void first(void)
{
    lose();
    keep(NULL);
}

static NOINLINE void second(void)
{
    lose();
    __asm__ volatile("# not the same as first");
}

int main(void)
{
    first();
    second();
    return 0;
}
