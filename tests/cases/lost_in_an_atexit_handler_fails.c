// leak: leak 32 B in 1 block
#include "case.h"

static void handler(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    atexit(handler);
    return 0;
}
