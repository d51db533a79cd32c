// expect-status: 0
// run: $PROG 2>&1 | grep -o 'leak:[^ ]*' | tee $DIR/s; CSAN_SUPPRESSIONS=$DIR/s exec $PROG
// stdout: ^leak:.*lose
// expect-not: .
// plain: no
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
