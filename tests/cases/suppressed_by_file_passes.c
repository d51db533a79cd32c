// then: printf '# a comment\n\nleak:suppressed_by_file_*.c\n' > $BIN.supp
// env: CSAN_SUPPRESSIONS=$BIN.supp
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65));
}

int main(void)
{
    lose();
    return 0;
}
