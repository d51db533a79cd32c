// expect-status: 0
// env: CSAN_ON_MUTATION=continue
// stderr: any
// stdout: ^main$
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
