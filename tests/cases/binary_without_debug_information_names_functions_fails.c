// then: strip --strip-debug $BIN
// expect: error: csan\[leak\]: 65 B in 1 block never freed
// expect: ^ +at lose
// findings: 1
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
