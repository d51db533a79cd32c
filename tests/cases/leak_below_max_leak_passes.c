// env: CSAN_MAX_LEAK=64B
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(64));
}

int main(void)
{
    lose();
    return 0;
}
