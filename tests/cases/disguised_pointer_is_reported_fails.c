// leak: leak 32 B in 1 block
#include "case.h"

static uintptr_t volatile disguised;

int main(void)
{
    disguised = (uintptr_t)malloc(32) ^ UINTPTR_MAX; /* leak */
    wipe_stack();
    return 0;
}
