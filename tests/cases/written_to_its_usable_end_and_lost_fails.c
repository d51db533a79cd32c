// expect: ^{{at:leak}}: error: csan\[leak\]: 32 B in 1 block never freed > max_leak=0
// findings: 1
#include "case.h"

#include <malloc.h>

static NOINLINE void lose(void)
{
    void *p = malloc(32); /* leak */
    MUST(p);
    memset(p, 0xff, malloc_usable_size(p));
    keep(p);
}

int main(void)
{
    lose();
    return 0;
}
