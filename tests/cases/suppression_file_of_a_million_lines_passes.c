/* The last of them is for this leak. */
// run: seq -f 'leak:function_%.0f' 1000000 >$DIR/lines; echo leak:lose >>$DIR/lines; CSAN_SUPPRESSIONS=$DIR/lines $PROG
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

int main(void)
{
    lose();
    return 0;
}
