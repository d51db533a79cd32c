#include "case.h"

#include <malloc.h>

int main(void)
{
    char *p = memalign(4096, 100);
    MUST(p);
    memset(p, 'x', 100);
    p = realloc(p, 100000);
    MUST(p);
    for (int i = 0; i < 100; i++)
        MUST(p[i] == 'x');
    free(p);
    return 0;
}
