// then: echo 'leak:lose max=2' > $BIN.supp
// env: CSAN_SUPPRESSIONS=$BIN.supp
// expect: ^{{at:leak}}: error: csan\[leak\]: 30 B in 3 blocks
#include "case.h"

static NOINLINE void lose(void)
{
    for (volatile int i = 0; i < 3; i++)
        keep(malloc(10)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
