// leak: leak 65 B in 1 block
// expect: ^ +at lose .*{{line:leak}}.*
// expect: ^ +at outer .*{{line:call}}
#include "case.h"

static inline __attribute__((always_inline)) void lose(void)
{
    keep(malloc(65)); /* leak */
}

static NOINLINE void outer(void)
{
    lose(); /* call */
}

int main(void)
{
    outer();
    return 0;
}
