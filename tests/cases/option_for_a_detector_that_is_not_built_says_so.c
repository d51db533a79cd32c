// expect-status: 0
// env: CSAN_MAX_GROWTH=4KiB
// stderr: any
// stdout: ^main$
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
