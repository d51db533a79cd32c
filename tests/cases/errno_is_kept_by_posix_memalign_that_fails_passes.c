#include "case.h"

int main(void)
{
    void *p = &p;
    errno = 4711;
    size_t huge = (size_t)(uintptr_t)keep((void *)(PTRDIFF_MAX - 100));
    MUST(posix_memalign(&p, 3, 32) == EINVAL);
    MUST(posix_memalign(&p, 64, huge) == ENOMEM);
    MUST(p == &p);
    return 0;
}
