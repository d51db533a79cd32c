// leak: last 5.0 KiB in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    char *p = malloc(10);
    p = realloc(p, 100);
    p = realloc(p, 200000);
    p = realloc(p, 5120); /* last */
    keep(p);
}

int main(void)
{
    lose();
    return 0;
}
