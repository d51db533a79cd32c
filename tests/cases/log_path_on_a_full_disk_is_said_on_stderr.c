// expect-status: 87
// env: CSAN_LOG_PATH=/dev/full/log
// expect: ^csan: .*/dev/full/log
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

int main(void)
{
    lose();
    return 0;
}
