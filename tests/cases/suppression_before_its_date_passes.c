// then: echo 'leak:lose until=2999-01-01' > $BIN.supp
// env: CSAN_SUPPRESSIONS=$BIN.supp
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
