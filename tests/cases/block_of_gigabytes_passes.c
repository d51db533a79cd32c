#include "case.h"

/* Nothing of them is touched but what the program touches. */
int main(void)
{
    volatile size_t giga = (size_t)1 << 30;
    char *p = malloc(3 * giga), *q = calloc(giga, 2);
    if (p && q) {
        p[0] = p[3 * giga - 1] = q[giga] = 7;
        char *moved = realloc(p, 4 * giga);
        p = moved ? moved : p;
        MUST(p[3 * giga - 1] == 7);
    }
    free(p);
    free(q);
    return 0;
}
