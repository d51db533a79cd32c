// env: CSAN_COLOR=always
// expect: .\[[0-9;]*m.*error
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
