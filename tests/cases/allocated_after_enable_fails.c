// plain: no
// leak: leak 65 B in 1 block
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    csan_disable();
    csan_enable();
    keep(malloc(65)); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
