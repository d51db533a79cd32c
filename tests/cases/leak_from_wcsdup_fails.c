// leak: leak 16 B in 1 block
#include <wchar.h>
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = wcsdup(keep((wchar_t *)L"abc")); /* leak */
    MUST(keep(p) != NULL);
}

int main(void)
{
    allocate();
    return 0;
}
