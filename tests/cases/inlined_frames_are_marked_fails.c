// expect: ^ +at lose .*\(inlined\)
// expect-not: ^ +at outer .*\(inlined\)
#include "case.h"

static inline __attribute__((always_inline)) void lose(void)
{
    keep(malloc(65));
}

static NOINLINE void outer(void)
{
    lose();
}

int main(void)
{
    outer();
    return 0;
}
