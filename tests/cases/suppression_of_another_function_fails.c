// then: echo 'leak:^los$' > $BIN.supp
// env: CSAN_SUPPRESSIONS=$BIN.supp
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
