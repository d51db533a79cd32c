// libs: -rdynamic
// env: CSAN_OPTIONS=max_leak=0
// leak: leak 65 B in 1 block
#include "case.h"

const char *csan_default_options(void);

const char *csan_default_options(void)
{
    return "max_leak=1KiB";
}

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
