// expect-status: 87
// env: CSAN_MAX_LEAK=4KX
// expect: CSAN_MAX_LEAK.*4KX
// stdout-not: main
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
