// then: strip $BIN
// expect: error: csan\[leak\]: 65 B in 1 block never freed
// expect: stripped_binary_names_the_module_fails\+0x[0-9a-f]+
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
