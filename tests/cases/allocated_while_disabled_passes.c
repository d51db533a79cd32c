// plain: no
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    csan_disable();
    keep(malloc(65));
    csan_enable();
}

int main(void)
{
    lose();
    return 0;
}
