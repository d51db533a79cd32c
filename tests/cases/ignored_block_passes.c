// plain: no
#include "case.h"

#include <csan.h>

static NOINLINE void lose(void)
{
    void *p = malloc(65);
    MUST(keep(p));
    csan_ignore(p);
}

int main(void)
{
    lose();
    return 0;
}
