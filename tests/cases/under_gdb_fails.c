// run: gdb -batch -ex run -ex 'p $_exitcode' --args $PROG
// expect-status: 0
// leak: leak 65 B in 1 block
// stdout: (= 86$|exited with code 0126)
// plain: no
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
