// env: CSAN_OPTIONS=max_leak=1
// env: CSAN_MAX_LEAK=1KiB
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
