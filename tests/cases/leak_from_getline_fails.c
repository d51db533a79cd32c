// expect: ^{{at:leak}}: error: csan\[leak\]: .* in 1 block never freed > max_leak=0
// findings: 1
#include "case.h"

static NOINLINE void allocate(void)
{
    char *p = NULL;
    size_t room = 0;
    FILE *zero = fopen("/proc/self/status", "r");
    MUST(zero);
    MUST(getline(&p, &room, zero) > 0); /* leak */
    fclose(zero);
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
