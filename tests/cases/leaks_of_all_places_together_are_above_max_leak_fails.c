// env: CSAN_OPTIONS=max_leak=100
// leak: first 60 B in 1 block
// leak: second 60 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(60)); /* first */
    keep(malloc(60)); /* second */
}

int main(void)
{
    lose();
    return 0;
}
