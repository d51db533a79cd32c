#include <wchar.h>
#include "case.h"

static NOINLINE void allocate(void)
{
    void *p = wcsdup(keep((wchar_t *)L"abc"));
    MUST(keep(p) != NULL);
    free(p);
}

int main(void)
{
    allocate();
    return 0;
}
