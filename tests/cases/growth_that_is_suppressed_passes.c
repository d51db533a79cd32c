// plain: no
// env: CSAN_SUPPRESSIONS=$DIR/list
// run: echo growth:add >$DIR/list; $PROG
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
