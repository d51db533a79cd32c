// expect-status: 87
// env: CSAN_MAX_LEAK=99999999999999GiB
// expect: CSAN_MAX_LEAK.*99999999999999GiB
// stdout-not: main
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
