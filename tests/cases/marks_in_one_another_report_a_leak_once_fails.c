// plain: no
// leak: outer 32 B in 1 block
// leak: inner 48 B in 1 block
#include "case.h"

#include <csan.h>

static NOINLINE void lose_outside(void)
{
    keep(malloc(32)); /* outer */
}

static NOINLINE void lose_inside(void)
{
    keep(malloc(48)); /* inner */
}

int main(void)
{
    csan_mark_t outer = csan_mark();
    lose_outside();
    wipe_stack();
    csan_mark_t inner = csan_mark();
    MUST(csan_check(inner) == 0);
    lose_inside();
    wipe_stack();
    MUST(csan_check(inner) == 1);
    MUST(csan_check(inner) == 0);
    MUST(csan_check(outer) == 1);
    MUST(csan_check(outer) == 0);
    return 0;
}
