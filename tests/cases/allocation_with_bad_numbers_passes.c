// flags: -Wno-alloc-size-larger-than
#include "case.h"

#include <malloc.h>

int main(void)
{
    volatile size_t many = SIZE_MAX / 2, three = 3, zero = 0, most = PTRDIFF_MAX;
    char *p = keep(malloc(100));
    p[99] = 7;
    errno = 0;
    MUST(reallocarray(p, many, three) == NULL && errno == ENOMEM);
    errno = 0;
    MUST(realloc(p, most) == NULL && errno == ENOMEM);
    errno = 0;
    MUST(keep(calloc(many, three)) == NULL && errno == ENOMEM);
    errno = 0;
    MUST(keep(malloc(most + 1)) == NULL && errno == ENOMEM);
    MUST(p[99] == 7);
    MUST(malloc_usable_size(p) >= 100);
    void *q = p;
    MUST(posix_memalign(&q, three, 100) == EINVAL && q == p);
    free(p);
    errno = 0;
    q = aligned_alloc(three, 100);
    MUST(q != NULL || errno == EINVAL); /* glibc before 2.38 rounds up */
    free(q);
    q = keep(malloc(zero));
    MUST(q);
    MUST(realloc(q, zero) == NULL);
    free(keep(calloc(zero, 8)));
    free(keep(realloc(NULL, zero)));
    return 0;
}
