// run: strace -f -o $DIR/trace $PROG
// leak: leak 65 B in 1 block
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
