// expect: ^{{at:leak}}: error: csan\[leak\]: .* in 1 block never freed > max_leak=0
// findings: 1
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = realpath("/", NULL); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
