// plain: no
// leak: leak 65 B in 1 block
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

int main(void)
{
    lose();
    MUST(csan_check(csan_mark()) == 0);
    return 0;
}
