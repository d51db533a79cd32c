#include "case.h"

static void **volatile holder;

static NOINLINE void hold(void)
{
    void *p = malloc(48);
    holder = malloc(400);
    holder[49] = p;
}

int main(void)
{
    hold();
    wipe_stack();
    return 0;
}
