// plain: no
// findings: 1
// expect: ^{{at:again}}: error: csan\[bad-free\]: double free of a block
#include "case.h"

#include <malloc.h>

static char *volatile blocks[64];

int main(void)
{
    for (int i = 0; i < 64; i++)
        blocks[i] = keep(malloc(100 << 10));
    for (int i = 0; i < 64; i++)
        free(blocks[i]);
    malloc_trim(0);
    free(blocks[60]); /* again */
    return 0;
}
