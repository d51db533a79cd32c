/* The program limits its address space after csan has started: what was published before stays
 * precise, what is published then is checked as cheap does. */
// env: CSAN_SHARE=precise
// env: CSAN_VERBOSITY=1
// expect: ^csan: share=precise: no memory, or no mapping, for it; what is published from now on may be checked as share=cheap does$
// expect: ^{{at:large}}: note: csan\[mutation\]: share=precise is not to be had for all of cache "rows"$
// expect: ^csan: PASS
// plain: no
#include "cached.h"

#include <sys/resource.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *row = csan_share(p);
    MUST(row != p);
    char *large = calloc(1, 256 << 20);
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    MUST(large && setrlimit(RLIMIT_AS, &limit) == 0);
    char *q = csan_publish(rows, large, 0); /* large */
    MUST(q == large && csan_share(q) == q);
    csan_release(q);
    csan_release(row);
    limit.rlim_cur = RLIM_INFINITY;
    MUST(setrlimit(RLIMIT_AS, &limit) == 0);
    drop(p);
    drop(q);
    return 0;
}
