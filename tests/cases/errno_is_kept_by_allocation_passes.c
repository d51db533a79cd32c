#include "case.h"

#include <malloc.h>

int main(void)
{
    void *p[9];
    errno = 4711;
    for (int i = 0; i < 20000; i++) {
        p[0] = malloc(i % 700);
        p[1] = calloc(i % 7, 100);
        p[2] = realloc(malloc(10), 3000);
        p[3] = aligned_alloc(64, 128);
        p[4] = memalign(64, 10);
        p[5] = valloc(10);
        p[6] = strdup("text");
        p[7] = reallocarray(NULL, 3, 5);
        p[8] = malloc((size_t)i << 5);
        MUST(malloc_usable_size(p[2]) >= 3000);
        for (int k = 0; k < 9; k++)
            free(p[k]);
        MUST(errno == 4711);
    }
    return 0;
}
