#include "case.h"

#include <malloc.h>

int main(void)
{
    for (size_t less = 0; less < 64; less++) {
        size_t huge = (size_t)(uintptr_t)keep((void *)(SIZE_MAX - less));
        errno = 0;
        MUST(keep(malloc(huge)) == NULL && errno == ENOMEM);
        errno = 0;
        MUST(keep(calloc(1, huge)) == NULL && errno == ENOMEM);
        errno = 0;
        MUST(keep(realloc(NULL, huge)) == NULL && errno == ENOMEM);
        errno = 0;
        MUST(keep(memalign(64, huge)) == NULL && errno == ENOMEM);
        errno = 0;
        MUST(keep(valloc(huge)) == NULL && errno == ENOMEM);
    }
    return 0;
}
