// leak: leak 32 B in 1 block
#include "case.h"

void *volatile global;

int main(void)
{
    global = malloc(32); /* leak */
    global = NULL;
    return 0;
}
