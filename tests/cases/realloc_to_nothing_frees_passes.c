// flags: -Wno-use-after-free
#include "case.h"

int main(void)
{
    void *p = malloc(32);
    MUST(p);
    MUST(keep(realloc(keep(p), 0)) == NULL);
    p = keep(realloc(NULL, 0));
    MUST(p);
    free(p);
    return 0;
}
