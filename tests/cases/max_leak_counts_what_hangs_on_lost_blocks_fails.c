// env: CSAN_MAX_LEAK=1KiB
// findings: 1
// expect: ^{{at:leak}}: error: csan\[leak\]: 8 B in 1 block .*> max_leak=1KiB
#include "case.h"

static NOINLINE void lose(void)
{
    void **p = malloc(sizeof(*p)); /* leak */
    MUST(p);
    *p = malloc(2000);
    keep(p);
}

int main(void)
{
    lose();
    return 0;
}
