#include "case.h"

int main(void)
{
    for (size_t n = 1; n < 200000; n += n / 5 + 1) {
        unsigned char *dirty = malloc(n);
        MUST(dirty);
        memset(dirty, 0xff, n);
        free(keep(dirty));
        unsigned char *p = calloc(1, n);
        MUST(keep(p));
        for (size_t i = 0; i < n; i++)
            MUST(p[i] == 0);
        memset(p, 0xff, n);
        free(keep(p));
    }
    return 0;
}
