#include "case.h"

int main(void)
{
    size_t half = (size_t)(uintptr_t)keep((void *)((uintptr_t)1 << 63));
    MUST(keep(calloc(half, 2)) == NULL && errno == ENOMEM);
    errno = 0;
    MUST(keep(calloc(half, 4)) == NULL && errno == ENOMEM);
    errno = 0;
    MUST(keep(reallocarray(NULL, half, 2)) == NULL && errno == ENOMEM);
    return 0;
}
