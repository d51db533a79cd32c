// leak: leak 1000 B in 1 block
#include "case.h"

static char *volatile global;

int main(void)
{
    char *volatile p = malloc(1000); /* leak */
    MUST(p);
    global = p + 1000;
    p = NULL;
    return 0;
}
