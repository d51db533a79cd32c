// then: objcopy --only-keep-debug $BIN $BIN.debug
// then: cd $DIR && objcopy --strip-all --add-gnu-debuglink=${BIN##*/}.debug $BIN
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
