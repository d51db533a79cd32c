#include "case.h"

static void *volatile global;

int main(void)
{
    global = malloc(0);
    MUST(global);
    return 0;
}
