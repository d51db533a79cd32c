// env: CSAN_LOG_PATH=/dev/full/log
// expect: ^csan: .*/dev/full/log
// leak: leak 32 B in 1 block
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
