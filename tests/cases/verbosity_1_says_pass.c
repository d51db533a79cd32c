// expect-status: 0
// env: CSAN_VERBOSITY=1
// expect: ^csan: PASS: .*verbosity_1_says_pass
#include "case.h"

int main(void)
{
    return 0;
}
