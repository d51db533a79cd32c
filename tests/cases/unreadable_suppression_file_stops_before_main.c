// expect-status: 87
// env: CSAN_SUPPRESSIONS=/nowhere/at/all.supp
// expect: /nowhere/at/all\.supp
// stdout-not: main
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
