// expect: gone\.c:3:[0-9]+: error: csan\[leak\]: 65 B in 1 block never freed
#include "case.h"

#line 1 "gone.c"
static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
