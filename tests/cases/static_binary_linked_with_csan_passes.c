// mode: static
#include "case.h"

static void *volatile global;

int main(void)
{
    global = malloc(65);
    free(keep(malloc(65)));
    return 0;
}
