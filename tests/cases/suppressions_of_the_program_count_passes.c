// libs: -rdynamic
#include "case.h"

const char *csan_default_suppressions(void);

const char *csan_default_suppressions(void)
{
    return "leak:lose\n";
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
