#include "case.h"

int main(void)
{
    char *p = malloc((size_t)1 << 30);
    MUST(keep(p));
    p[(size_t)1 << 29] = 1;
    free(p);
    return 0;
}
