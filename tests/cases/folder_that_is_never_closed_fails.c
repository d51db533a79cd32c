// expect: ^{{at:leak}}: error: csan\[leak\]: .* in 1 block never freed
// findings: 1
#include "case.h"

#include <dirent.h>

static NOINLINE void lose(void)
{
    MUST(keep(opendir("/"))); /* leak */
}

int main(void)
{
    lose();
    return 0;
}
