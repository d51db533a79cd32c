/* The same program, whose caller writes: found as cheap finds it. */
// mode: static
// env: CSAN_SHARE=precise
// expect: ^csan: share=precise: the program is linked statically; what is published from now on may be checked as share=cheap does$
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64), *q = load(64);
    const char *row = csan_share(p); /* share */
    MUST(row == p);
    p[3] = 1; /* by whom is not seen */
    csan_release(row);
    drop(p);
    drop(q);
    return 0;
}
