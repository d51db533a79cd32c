#include "case.h"

static uintptr_t volatile tagged;

int main(void)
{
    tagged = (uintptr_t)malloc(32) | 3;
    return 0;
}
