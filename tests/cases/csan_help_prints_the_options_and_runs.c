// expect-status: 0
// env: CSAN_HELP=1
// env: CSAN_MAX_LEAK=4KiB
// expect: max_leak.*4KiB
// expect: hang_after.*auto
// stdout: ^main$
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
