// expect-status: 87
// env: CSAN_SUPPRESSIONS=$BIN.c
// then: printf 'leak:good\nno colon here\n' > $BIN.c
// expect: .
// stdout-not: main
#include "case.h"

int main(void)
{
    puts("main");
    return 0;
}
