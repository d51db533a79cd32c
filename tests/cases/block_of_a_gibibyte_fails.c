// leak: leak 1.0 GiB in 1 block
#include "case.h"

#include <sys/resource.h>

static NOINLINE void lose(void)
{
    MUST(keep(malloc((size_t)1 << 30))); /* leak */
}

/* Its pages stay untouched: csan must not make them real. */
int main(void)
{
    struct rusage used;
    lose();
    MUST(getrusage(RUSAGE_SELF, &used) == 0);
    MUST(used.ru_maxrss < 200 << 10);
    return 0;
}
