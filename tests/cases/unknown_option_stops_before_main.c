// expect-status: 87
// env: CSAN_MAX_LEEK=4KiB
// expect: CSAN_MAX_LEEK.*(max_leak|MAX_LEAK)
// stdout-not: main
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
