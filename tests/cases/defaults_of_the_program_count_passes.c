// libs: -rdynamic
#include "case.h"

const char *csan_default_options(void);

const char *csan_default_options(void)
{
    return "max_leak=1KiB";
}

static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
