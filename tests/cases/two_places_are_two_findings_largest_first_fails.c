// plain: no
// leak: small 16 B in 1 block
// leak: large 160 B in 1 block
// expect: ^csan: FAIL: 2 findings \(2 leak\) in two_places
// run: set -o pipefail; $PROG 2>&1 | tee /dev/stderr | grep -o 'leak.: [0-9]* B' | xargs
// stdout: ^leak.: 160 B leak.: 16 B$
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(16));  /* small */
    keep(malloc(160)); /* large */
}

int main(void)
{
    lose();
    return 0;
}
