// expect-status: 87
// env: CSAN_OPTIONS=max_leak=0:colour=never
// expect: colour.*color
// stdout-not: main
#include "case.h"

__attribute__((constructor)) static void early(void)
{
    puts("main");
    fflush(stdout);
}

int main(void)
{
    return 0;
}
