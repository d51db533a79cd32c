// expect-status: 86
// env: CSAN_LOG_PATH=$DIR/log
// run: $PROG 2>$DIR/e; s=$?; test ! -s $DIR/e || echo spoke; cat $DIR/log.[0-9]* >&2; exit $s
// stdout-not: spoke
// leak: leak 32 B in 1 block
// plain: no
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
