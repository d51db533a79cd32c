// plain: no
// env: CSAN_FOCUS=serve
#include "case.h"

#include <csan.h>

void **all;

static NOINLINE void add(void)
{
    void **n = keep(malloc(16));
    *n = all;
    all = n;
}

static NOINLINE void serve(void)
{
    free(keep(malloc(16)));
}

int main(void)
{
    CSAN_REPEAT(20)
    {
        add();
        serve();
    }
    return 0;
}
