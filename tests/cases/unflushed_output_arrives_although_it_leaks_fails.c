// leak: leak 32 B in 1 block
// stdout: ^20000 lines$
// run: set -o pipefail; $PROG | awk '{n++} END {print n " lines"}'
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    for (int i = 0; i < 19999; i++)
        puts("one of many");
    printf("a last line without an end");
    return 0;
}
