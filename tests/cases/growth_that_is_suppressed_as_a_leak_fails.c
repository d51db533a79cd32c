// plain: no
// env: CSAN_SUPPRESSIONS=$DIR/list
// run: echo leak:add >$DIR/list; $PROG
// findings: 1
#include "case.h"

#include <csan.h>

void **all;

static NOINLINE void add(void)
{
    void **n = keep(malloc(16));
    *n = all;
    all = n;
}

int main(void)
{
    CSAN_REPEAT(20)
    {
        add();
    }
    return 0;
}
