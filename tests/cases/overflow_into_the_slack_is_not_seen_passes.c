#include "case.h"

int main(void)
{
    volatile char *p = keep(malloc(20));
    p[20] = 1;
    free((void *)p);
    return 0;
}
