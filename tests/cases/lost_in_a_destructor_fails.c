// leak: leak 32 B in 1 block
#include "case.h"

__attribute__((destructor)) static void last(void)
{
    keep(malloc(32)); /* leak */
}

int main(void)
{
    return 0;
}
