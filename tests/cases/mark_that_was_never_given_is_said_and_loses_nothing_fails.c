// plain: no
// flags: -Iinclude
// expect: ^csan: csan_check\(987654321\): no such mark was given; all since the start counts$
// leak: leak 32 B in 1 block
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    lose();
    wipe_stack();
    MUST(csan_check(987654321) == 1);
    return 0;
}
