// findings: 1
// expect: error: csan\[leak\]: 32 B in 1 block never freed
#include "case.h"

#include <sys/resource.h>

static NOINLINE void lose(void)
{
    keep(malloc(32));
}

/* A program that is short of descriptors: the limit is reached when the report is made. Where the
 * hard limit is higher, csan raises the soft one meanwhile. */
int main(void)
{
    struct rlimit limit;
    MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = 64;
    MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    lose();
    while (dup(0) >= 0)
        ;
    MUST(errno == EMFILE);
    return 0;
}
