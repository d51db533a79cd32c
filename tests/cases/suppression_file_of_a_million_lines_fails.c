/* None of them is for this leak. */
// run: seq -f 'leak:function_%.0f' 1000000 >$DIR/lines; CSAN_SUPPRESSIONS=$DIR/lines $PROG
// leak: LOST 32 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* LOST */
}

int main(void)
{
    lose();
    return 0;
}
