/* A log_path would have the report. */
// run: $PROG 2>$DIR/said; echo "status $?, $(wc -c <$DIR/said) bytes"
// expect-status: 0
// stdout: status 86, 0 bytes
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
