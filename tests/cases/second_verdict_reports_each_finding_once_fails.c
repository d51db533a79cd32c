// plain: no
// leak: leak 65 B in 1 block
// expect: ^csan: FAIL: 1 finding
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

int main(void)
{
    csan_mark_t mark = csan_mark();
    lose();
    MUST(csan_check(mark) == 1);
    MUST(csan_check(mark) <= 1);
    return 0;
}
