// leak: leak 1 B in 1 block
#include "case.h"

static char *volatile global;

int main(void)
{
    char *volatile p = malloc(1); /* leak */
    MUST(p);
    global = p + 8;
    p = NULL;
    return 0;
}
