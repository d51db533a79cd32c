// expect-status: 0
// plain: no
#include "case.h"

#include <csan.h>

/* What was made before the inner mark is not asked about there, be it freed, held or lost since. */
int main(void)
{
    csan_mark_t outer = csan_mark();
    char *volatile p = malloc(32);
    csan_mark_t inner = csan_mark();
    char *kept = p;
    p = NULL;
    wipe_stack();
    MUST(csan_check(inner) == 0);
    free(keep(malloc(48)));
    MUST(csan_check(inner) == 0);
    free(kept);
    MUST(csan_check(outer) == 0);
    return 0;
}
