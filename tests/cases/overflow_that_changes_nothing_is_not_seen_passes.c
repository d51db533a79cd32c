#include "case.h"

int main(void)
{
    volatile char *p = keep(malloc(32));
    p[32] = p[32];
    free((void *)p);
    return 0;
}
