// expect-status: 87
// expect: ^csan: could not check .*: no descriptor was free
#include "case.h"

#include <sys/resource.h>

static void *volatile held; /* without a block there is nothing to look for */

/* With the hard limit as low as the soft one, csan cannot help itself to one more. */
int main(void)
{
    struct rlimit limit = {64, 64};
    MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    held = malloc(32);
    while (dup(0) >= 0)
        ;
    return 0;
}
