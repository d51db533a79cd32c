/* Its parent has the pipe open still. */
// run: { $PROG; echo "status $?"; } 2>&1 | cat
// expect-status: 0
// stdout: csan: FAIL: 1 finding
// stdout: status 86
#include "case.h"

#include <stdio.h>

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

int main(void)
{
    fclose(stderr);
    lose();
    return 0;
}
