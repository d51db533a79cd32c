// leak: leak 32 B in 1 block
#include "case.h"

static uintptr_t volatile tagged;

int main(void)
{
    tagged = (uintptr_t)malloc(32) | (uintptr_t)1 << 60; /* leak */
    wipe_stack();
    return 0;
}
