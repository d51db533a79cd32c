// expect: ^{{at:bad}}: error: csan\[bad-free\]: realloc of a block of 40 B that is free already$
// expect: ^{{at:middle}}: error: csan\[bad-free\]: realloc of a pointer 16 B into a block of 64 B$
// expect: ^{{at:size}}: error: csan\[bad-free\]: malloc_usable_size of a block of 500 B that is free already$
// expect: ^csan: FAIL: 3 findings \(3 bad-free\)
// stdout: ^it went on: 7$
// flags: -Wno-use-after-free
// plain: no
#include "case.h"

#include <malloc.h>

int main(void)
{
    void *p = malloc(40), *q = malloc(500);
    keep(p);
    keep(q);
    free(p);
    free(q);
    free(keep(realloc(keep(p), 80))); /* bad */
    char *m = malloc(64);
    m[20] = 7;
    char *moved = realloc(keep(m + 16), 32); /* middle */
    if (malloc_usable_size(keep(q)) != 0) /* size */
        return 1;
    printf("it went on: %d\n", moved[4]);
    free(moved);
    free(m);
    return 0;
}
