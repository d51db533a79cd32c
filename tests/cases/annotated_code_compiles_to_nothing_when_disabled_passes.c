// plain: no
// flags: -DCSAN_DISABLE
#include "case.h"

#include <csan.h>

static int evaluated;

int main(void)
{
    void *p = malloc(8);
    csan_mark_t mark = csan_mark();
    csan_ignore((evaluated++, p));
    csan_name((evaluated++, p), "a block");
    csan_disable();
    csan_enable();
    MUST(csan_check((evaluated++, mark)) == 0);
    MUST(evaluated == 3);
    free(p);
    return 0;
}
