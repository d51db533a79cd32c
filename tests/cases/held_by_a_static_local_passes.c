#include "case.h"

static NOINLINE void remember(void)
{
    static void *last;
    last = malloc(32);
    keep(&last);
}

int main(void)
{
    remember();
    return 0;
}
