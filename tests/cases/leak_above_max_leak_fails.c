// env: CSAN_MAX_LEAK=64B
// expect: ^{{at:leak}}: error: csan\[leak\]: 65 B in 1 block never freed > max_leak=64B
// findings: 1
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
