// leak: leak 32 B in 1 block
// run: cd /proc/self && $PROG 2>$DIR/text; s=$?; sed "s|$OLDPWD/||" $DIR/text >&2; exit $s
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
