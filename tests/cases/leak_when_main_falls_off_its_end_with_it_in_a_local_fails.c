// leak: leak 32 B in 1 block
#include "case.h"

int main(void)
{
    void *volatile local = malloc(32); /* leak */
    keep(local);
    return 0;
}
