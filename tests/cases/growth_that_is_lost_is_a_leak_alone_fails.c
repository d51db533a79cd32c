// plain: no
// leak: lost 320 B in 20 blocks
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    keep(malloc(16)); /* lost */
}

int main(void)
{
    CSAN_REPEAT(20)
    {
        lose();
        wipe_stack();
    }
    return 0;
}
