// expect-status: 87
// env: CSAN_BLOCKED_AFTER=5
// expect: CSAN_BLOCKED_AFTER.*5
// stdout-not: main
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
