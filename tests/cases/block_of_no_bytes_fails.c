// expect: ^{{at:leak}}: error: csan\[leak\]: [01] B in 1 block never freed > max_leak=0
// findings: 1
#include "case.h"

static NOINLINE void lose(void)
{
    MUST(keep(malloc(0))); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
