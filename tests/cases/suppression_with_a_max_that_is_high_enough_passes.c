// then: echo 'leak:lose max=3' > $BIN.supp
// env: CSAN_SUPPRESSIONS=$BIN.supp
#include "case.h"

static NOINLINE void lose(void)
{
    for (volatile int i = 0; i < 3; i++)
        keep(malloc(10));
}

int main(void)
{
    lose();
    return 0;
}
