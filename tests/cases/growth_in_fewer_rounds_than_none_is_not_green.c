// plain: no
// expect-status: 87
// expect: ^csan: could not check .*: tests/cases/growth_in_fewer_rounds_than_none_is_not_green.c:{{line:here}}: CSAN_REPEAT\(-1\) asks for fewer rounds than 0$
#include "case.h"

#include <csan.h>

int main(void)
{
    size_t n = 0;
    CSAN_REPEAT(n - 1) /* here */
    {
        MUST(!"run");
    }
    return 0;
}
