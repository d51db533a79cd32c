// expect-status: 0
// then: echo 'leak:never_there' > $BIN.supp
// env: CSAN_SUPPRESSIONS=$BIN.supp
// env: CSAN_VERBOSITY=1
// expect: leak:never_there
#include "case.h"

int main(void)
{
    return 0;
}
