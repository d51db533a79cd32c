// env: CSAN_FOCUS=interesting_*
// leak: leak 65 B in 1 block
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

static NOINLINE void interesting_part(void)
{
    lose();
    keep(NULL);
}

int main(void)
{
    lose();
    interesting_part();
    return 0;
}
