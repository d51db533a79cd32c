#include "case.h"

int main(void)
{
    char *p = NULL;
    for (size_t n = 1; n < 1000000; n += n / 3 + 1) {
        p = realloc(p, n);
        MUST(p);
        MUST(n == 1 || p[0] == 'a');
        p[0] = 'a';
        p[n - 1] = 'a';
    }
    p = realloc(p, 3);
    MUST(p && p[0] == 'a');
    free(p);
    return 0;
}
