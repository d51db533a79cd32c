// leak: leak 32 B in 1 block
#include "case.h"

static char *volatile global;

int main(void)
{
    char *volatile p = malloc(32); /* leak */
    MUST(p);
    global = p - 1;
    p = NULL;
    return 0;
}
