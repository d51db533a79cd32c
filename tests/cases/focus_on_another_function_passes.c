// env: CSAN_FOCUS=*elsewhere*
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
